import type { Card } from "./cards.ts";

/** CUDA's context with the workspaces of its libraries. */
const CONTEXT_BYTES = 1e9;
/** Of torch's allocator, lost between blocks. */
export const FRAGMENTATION = 0.05;

/** What so many processes take of a card before they hold anything. */
export function contextsBytes(processes: number): number {
  return processes * CONTEXT_BYTES;
}

/** What of a card's memory so many processes can fill together. */
export function usableBytes({ memoryBytes }: Card, processes = 1): number {
  return (memoryBytes - contextsBytes(processes)) * (1 - FRAGMENTATION);
}
