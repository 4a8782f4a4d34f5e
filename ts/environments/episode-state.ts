import { z } from "zod";
import { EnvironmentError } from "../errors.ts";

/** The state of an environment's one episode, and what is refused: to play before a reset, or beyond the end. */
export class EpisodeState<State> {
  readonly #id: string;
  readonly #isOver: (state: State) => boolean;
  #state: State | undefined;

  constructor(id: string, isOver: (state: State) => boolean) {
    this.#id = id;
    this.#isOver = isOver;
  }

  /** Begins or goes on, and hands the state back. */
  enter(state: State): State {
    this.#state = state;
    return state;
  }

  /** @throws EnvironmentError before the first reset. */
  current(): State {
    if (this.#state === undefined) throw new EnvironmentError(`${this.#id}: no episode yet; call reset first`);
    return this.#state;
  }

  /** @throws EnvironmentError before the first reset, and when the episode is over. */
  running(): State {
    const state = this.current();
    if (this.#isOver(state)) throw new EnvironmentError(`${this.#id}: the episode is over; call reset first`);
    return state;
  }
}

/** Reads what `reset` was given. @throws EnvironmentError that says what was `expected`, what came and why it is refused. */
export function readStart<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
  { id, expected }: { id: string; expected: string },
): z.output<Schema> {
  const read = schema.safeParse(options);
  if (!read.success) throw refusedStart(options, z.prettifyError(read.error), { id, expected });
  return read.data;
}

/** For starts that are well-formed and yet cannot be. */
export function refusedStart(
  options: unknown,
  reason: string,
  { id, expected }: { id: string; expected: string },
): EnvironmentError {
  return new EnvironmentError(`${id} options: expected ${expected}, got ${JSON.stringify(options)}: ${reason}`);
}

/** Reads what `restore` was given. @throws EnvironmentError when it is not what `state()` gave. */
export function readState<Schema extends z.ZodType>(schema: Schema, state: unknown, id: string): z.output<Schema> {
  const read = schema.safeParse(state);
  if (!read.success) {
    throw new EnvironmentError(`${id} state: ${z.prettifyError(read.error)}, got ${JSON.stringify(state)}`);
  }
  return read.data;
}

/** Reads what `step` was given. @throws EnvironmentError when it is no action of this environment's. */
export function readAction<Schema extends z.ZodType>(schema: Schema, action: unknown, id: string): z.output<Schema> {
  const read = schema.safeParse(action);
  if (read.success) return read.data;
  throw new EnvironmentError(`${id} action: ${z.prettifyError(read.error)}, got ${JSON.stringify(action)}`);
}

/** @throws EnvironmentError when `action` is none of the labels. */
export function requireAction(action: string, labels: readonly string[], id: string): void {
  if (labels.includes(action)) return;
  const known = labels.map((label) => JSON.stringify(label)).join(", ");
  throw new EnvironmentError(`${id} action: expected one of ${known}, got ${JSON.stringify(action)}`);
}
