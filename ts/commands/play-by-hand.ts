import type { Environment, Observation, StepResult } from "../environments/environment.ts";
import { hasSucceeded } from "../episode.ts";
import { EnvironmentError } from "../errors.ts";
import type { ScreenElement } from "../parsing/screen-element.ts";
import type { FrameFolder } from "./frame-folder.ts";
import { linesOf, type NumberedLine, type Streams } from "./lines.ts";

interface Start {
  seed: number;
  options: Record<string, unknown>;
  frames: FrameFolder | undefined;
}

const QUIT = "q";

/** Episode after episode, an action or an utterance a line, until `q` or the end of the input. */
export async function playByHand(
  environment: Environment,
  { stdin, stdout }: Streams,
  { seed, options, frames }: Start,
): Promise<void> {
  const lines = linesOf(stdin);
  stdout.write("Type an action, or an utterance as an agent would write it; q ends.\n");
  let isOpen = true;
  try {
    for (let episode = seed; isOpen; episode++) {
      const first = await environment.reset({ seed: episode, options });
      stdout.write(`\nEpisode of seed ${episode}\n${first.prompt}\n`);
      isOpen = await playEpisode(first, `seed${episode}`);
    }
  } finally {
    await lines.return(undefined);
  }

  /** Whether the episode came to its end before the input did. */
  async function playEpisode(first: Observation, name: string): Promise<boolean> {
    let total = 0;
    await show(first, `${name}-step0`);
    let observation = first;
    for (let step = 1; ; step++) {
      const result = await stepAsTyped(environment, observation, lines, stdout);
      if (result === undefined) return false;
      total += result.reward;
      observation = result.observation;
      stdout.write(`reward ${result.reward}\n`);
      await show(observation, `${name}-step${step}`);
      if (result.fault !== undefined) {
        stdout.write(`broke down, counts for nothing: ${result.fault}\n`);
        return true;
      }
      if (result.terminated || result.truncated) {
        const ending = result.terminated ? "terminated" : "truncated";
        const verdict = hasSucceeded(result.success, total) ? "success" : "no success";
        stdout.write(`${ending}, return ${total}, ${verdict}\n`);
        return true;
      }
    }
  }

  async function show(observation: Observation, name: string): Promise<void> {
    const path = await frames?.save(name, observation);
    if (path !== undefined) stdout.write(`image ${path}\n`);
    if (observation.elements !== undefined) stdout.write(`elements: ${listed(observation.elements)}\n`);
    if (observation.admissible !== undefined) stdout.write(`admissible: ${observation.admissible.join(", ")}\n`);
  }
}

/** Asks until a line can be executed; undefined when there is to be no more. */
async function stepAsTyped(
  environment: Environment,
  observation: Observation,
  lines: AsyncGenerator<NumberedLine>,
  stdout: Streams["stdout"],
): Promise<StepResult | undefined> {
  for (;;) {
    stdout.write("> ");
    const next = await lines.next();
    if (next.done === true) return undefined;
    const { text } = next.value;
    if (text.trim() === QUIT) return undefined;
    const parsed = environment.parse(text, observation);
    try {
      return await environment.step(parsed.kind === "action" ? parsed.action : actionAsTyped(text.trim()));
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      const reason = parsed.kind === "invalid" ? `; as an utterance: ${parsed.reason}` : "";
      stdout.write(`${error.message}${reason}\n`);
    }
  }
}

/** With the numbers that the image shows. */
function listed(elements: readonly ScreenElement[]): string {
  return elements.map(({ text, can }, index) => `${index + 1} "${text}" (${can.join(", ")})`).join(", ");
}

/** Actions that are no text are typed as JSON objects. */
function actionAsTyped(text: string): unknown {
  if (!text.startsWith("{")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
