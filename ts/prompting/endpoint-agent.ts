import type { Agent, Answer } from "../agent.ts";
import type { Observation } from "../environments/environment.ts";
import { EndpointError } from "../errors.ts";
import { type AnswerOrigin, type AnswerStore, answerKey, messageOrigin } from "./answer-store.ts";
import type { Prompting } from "./definition.ts";
import type { EndpointAnswer } from "./dialect.ts";
import type { EndpointClient } from "./endpoint-client.ts";
import { messageOf } from "./message.ts";

/** What a model behind an endpoint tells of an utterance. */
export interface PromptedAnswer extends Answer {
  /** Name of the answer in the cache. */
  readonly key: string;
  readonly answer: EndpointAnswer;
}

export interface EndpointAgentParts {
  prompting: Prompting;
  store: AnswerStore;
  client: EndpointClient;
  /** Whether an answer that is not kept is an error, rather than asked for. */
  isOffline: boolean;
  /** Begins nothing new once it is aborted. */
  signal: AbortSignal;
  /** Hears of every answer that was not used before. */
  onAnswer: (answer: EndpointAnswer) => void;
}

interface Wanted {
  key: string;
  origin: AnswerOrigin;
  observation: Observation;
}

/**
 * A model behind an HTTP endpoint. Answers come from the cache where it has them. Which draw an observation gets is
 * settled before anything is asked, so that neither concurrency nor timing changes it.
 */
export class EndpointAgent implements Agent<PromptedAnswer> {
  readonly #parts: EndpointAgentParts;
  /** By the message, how often it was shown. */
  readonly #occurrences = new Map<string, number>();
  readonly #answers = new Map<string, Promise<EndpointAnswer>>();

  constructor(parts: EndpointAgentParts) {
    this.#parts = parts;
  }

  /** @throws EndpointError when any of the answers cannot be had; those under way are kept before it is thrown. */
  async act(observations: readonly Observation[]): Promise<PromptedAnswer[]> {
    const { signal, client, isOffline } = this.#parts;
    signal.throwIfAborted();
    const wanted = observations.map((observation) => this.#identify(observation));
    if (isOffline) await this.#requireKept(wanted);
    const stop = (): void => client.stop(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    let failure: { readonly error: unknown } | undefined;
    const answers = await Promise.all(
      wanted.map(async (each) => {
        try {
          return { ...each, answer: await this.#answerTo(each) };
        } catch (error) {
          failure ??= { error };
          client.stop(error);
          return undefined;
        }
      }),
    );
    signal.removeEventListener("abort", stop);
    if (failure !== undefined) throw failure.error;
    return answers.flatMap((each) => (each === undefined ? [] : [promptedAnswer(each.key, each.answer)]));
  }

  #identify(observation: Observation): Wanted {
    const { prompting } = this.#parts;
    const isDrawn = prompting.sampling.temperature !== 0;
    const message = messageOrigin(prompting, messageOf(observation));
    const asked = answerKey(message);
    const occurrence = this.#occurrences.get(asked) ?? 0;
    this.#occurrences.set(asked, occurrence + 1);
    const origin = { ...message, draw: isDrawn ? { seed: prompting.seed, occurrence } : null };
    return { key: answerKey(origin), origin, observation };
  }

  /** What is the same is asked once, also while the first is under way. */
  #answerTo(wanted: Wanted): Promise<EndpointAnswer> {
    let answer = this.#answers.get(wanted.key);
    if (answer === undefined) {
      answer = this.#findOrAsk(wanted);
      this.#answers.set(wanted.key, answer);
    }
    return answer;
  }

  async #findOrAsk({ key, origin, observation }: Wanted): Promise<EndpointAnswer> {
    const { store, client, onAnswer } = this.#parts;
    const kept = await store.find(key);
    const answer = kept ?? (await store.keep(key, origin, await client.ask(messageOf(observation), key)));
    onAnswer(answer);
    return answer;
  }

  /** @throws EndpointError `offline` with the number of answers that are missing. */
  async #requireKept(wanted: readonly Wanted[]): Promise<void> {
    const keys = [...new Set(wanted.map(({ key }) => key))];
    const found = await Promise.all(keys.map((key) => this.#parts.store.find(key)));
    const missing = found.filter((answer) => answer === undefined).length;
    if (missing === 0) return;
    throw new EndpointError(
      "offline",
      `--offline: ${missing} of the ${keys.length} answers to this time step are not kept in ` +
        `${this.#parts.store.folder}; run once without --offline, or set cache.folder to where they are`,
    );
  }
}

function promptedAnswer(key: string, answer: EndpointAnswer): PromptedAnswer {
  return { utterance: answer.utterance, isFinished: answer.ending === "finished", key, answer };
}
