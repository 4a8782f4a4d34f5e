import type { Method } from "../protocol/messages.ts";

/** The worker sends a heartbeat every second from a thread of its own; missing this many seconds it is stuck or gone. */
export const heartbeatLimitMs = 8_000;

const minute = 60_000;

/**
 * Longest time that a method may take without a sign of progress. Heartbeats tell a dead worker within seconds; these
 * limits catch one that is alive and getting nowhere, so those of computing methods leave room for a 7B model.
 */
export const timeLimitsMs: Readonly<Record<Method, number>> = {
  hello: minute,
  build: 20 * minute,
  addDemonstrations: minute,
  fitSft: 10 * minute,
  fitScm: 10 * minute,
  act: 10 * minute,
  score: 10 * minute,
  weigh: 10 * minute,
  updatePolicy: 10 * minute,
  keepReference: 2 * minute,
  forgetSteps: minute,
  save: 10 * minute,
  load: 20 * minute,
  stats: minute,
  shutdown: 10_000,
};
