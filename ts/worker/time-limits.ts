import type { Method } from "../protocol/messages.ts";

const minute = 60_000;

/**
 * The worker sends a heartbeat every second from a thread of its own; without one for this long it is stuck or gone.
 * `build` is the call that imports torch, which from a cold disk may hold Python's lock for longer than usual.
 */
export function silenceLimitMs(method: Method | undefined): number {
  return method === "build" ? minute : 8_000;
}

/**
 * Longest time that a method may take without a sign of progress. Heartbeats tell a dead worker within seconds; these
 * limits catch one that is alive and getting nowhere, so those of computing methods leave room for a 7B model.
 */
export const timeLimitsMs: Readonly<Record<Method, number>> = {
  hello: minute,
  shareFolder: minute,
  build: 20 * minute,
  addDemonstrations: minute,
  fitSft: 10 * minute,
  fitScm: 10 * minute,
  act: 10 * minute,
  values: 10 * minute,
  readAgain: 10 * minute,
  observe: minute,
  score: 10 * minute,
  readTokens: 10 * minute,
  weigh: 10 * minute,
  predictActions: 10 * minute,
  fitCritics: 10 * minute,
  valueInstructions: 10 * minute,
  valueStates: 10 * minute,
  updatePolicy: 10 * minute,
  keepReference: 2 * minute,
  forgetSteps: minute,
  save: 10 * minute,
  load: 20 * minute,
  stats: minute,
  shutdown: 10_000,
};
