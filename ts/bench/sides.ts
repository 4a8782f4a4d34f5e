import { type LineProcess, snakeCased, startPythonProcess } from "./line-process.ts";

/**
 * Rounds of Python processes of one module, a process a side, which take turns, so that whatever else the machine does
 * falls on all, and no side's memory is counted towards another.
 */
export async function playSides<Side extends string, Round>({
  module,
  sides,
  sizes,
  rounds,
  read,
  environment = {},
}: {
  module: string;
  sides: readonly Side[];
  sizes: Readonly<Record<string, number>>;
  rounds: number;
  /** Validates a side's answer. */
  read: (answer: unknown) => Round;
  /** Variables of all processes. */
  environment?: Readonly<Record<string, string>>;
}): Promise<Record<Side, Round[]>> {
  const args = JSON.stringify(snakeCased(sizes));
  const processes = new Map<Side, LineProcess>(
    sides.map((side) => [side, startPythonProcess(module, [side, args], environment)]),
  );
  const played = Object.fromEntries(sides.map((side) => [side, [] as Round[]])) as Record<Side, Round[]>;
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [side, process] of processes) played[side].push(read(await process.ask("round")));
    }
  } finally {
    await Promise.all([...processes.values()].map((process) => process.stop()));
  }
  return played;
}
