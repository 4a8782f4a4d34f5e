import type { ActRequest, Agent, Answer } from "./agent.ts";
import type { Environment, Observation, StepResult } from "./environments/environment.ts";
import type { ParseResult } from "./parsing/parse.ts";
import type { PolicyAnswer } from "./policy-agent.ts";
import type { RandomStream } from "./random.ts";

/** An environment and what its agent is looking at. */
export interface Seat {
  readonly environment: Environment;
  observation: Observation;
}

export interface InteractionRequest extends ActRequest {
  /** Decides the actions executed for utterances that parse to none. */
  readonly fallback: RandomStream;
}

/** s_t, y_t and a_t of one seat, with what the agent tells of y_t. */
export type Decision<A extends Answer = PolicyAnswer> = A & {
  readonly observation: Observation;
  readonly parse: ParseResult;
  readonly action: unknown;
};

/** A decision and what came of it: r_t and s_{t+1}. */
export type Interaction<A extends Answer = PolicyAnswer> = Decision<A> & { readonly result: StepResult };

/** One time step of every seat (Algorithm 1, lines 7–9). */
export async function interact<A extends Answer>(
  agent: Agent<A>,
  seats: readonly Seat[],
  request: InteractionRequest,
): Promise<Interaction<A>[]> {
  return execute(seats, await decide(agent, seats, request));
}

/** y_t ~ π(·|s_t), a_t = f^parse(y_t). The environments stay where they are. */
export async function decide<A extends Answer>(
  agent: Agent<A>,
  seats: readonly Seat[],
  { fallback, ...request }: InteractionRequest,
): Promise<Decision<A>[]> {
  const answers = await agent.act(
    seats.map(({ observation }) => observation),
    request,
  );
  // Fallbacks are drawn seat by seat before anything is awaited, so that their order never depends on timing.
  return seats.map(({ environment, observation }, seat) => {
    const answer = elementAt(answers, seat);
    const parse = environment.parse(answer.utterance, observation);
    return { ...answer, observation, parse, action: executedAction(parse, fallback) };
  });
}

/** env.step(a_t) of every seat, all at once. */
export function execute<A extends Answer>(
  seats: readonly Seat[],
  decisions: readonly Decision<A>[],
): Promise<Interaction<A>[]> {
  return Promise.all(
    seats.map(async ({ environment }, seat) => {
      const decision = elementAt(decisions, seat);
      return { ...decision, result: await environment.step(decision.action) };
    }),
  );
}

/** The parsed action, or what stands in for it. */
function executedAction(parse: ParseResult, fallback: RandomStream): unknown {
  if (parse.kind === "action") return parse.action;
  switch (parse.fallback.kind) {
    case "random":
      return fallback.pick(parse.fallback.among);
    case "fixed":
      return parse.fallback.action;
  }
}

function elementAt<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`${list.length} answers for more than ${index} observations`);
  return element;
}
