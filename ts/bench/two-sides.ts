import { type LineProcess, snakeCased, startPythonProcess } from "./line-process.ts";

/**
 * Rounds of two Python processes of one module, `ours` and `reference`, which take turns, so that whatever else the
 * machine does falls on both, and neither's memory is counted towards the other.
 */
export async function playTwoSides<Round>({
  module,
  sizes,
  rounds,
  read,
  environment = {},
}: {
  module: string;
  sizes: Readonly<Record<string, number>>;
  rounds: number;
  /** Validates a side's answer. */
  read: (answer: unknown) => Round;
  /** Variables of both processes. */
  environment?: Readonly<Record<string, string>>;
}): Promise<{ ours: Round[]; reference: Round[] }> {
  const args = JSON.stringify(snakeCased(sizes));
  const start = (side: "ours" | "reference"): LineProcess => startPythonProcess(module, [side, args], environment);
  const [ours, reference] = [start("ours"), start("reference")];
  const played: { ours: Round[]; reference: Round[] } = { ours: [], reference: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      played.ours.push(read(await ours.ask("round")));
      played.reference.push(read(await reference.ask("round")));
    }
  } finally {
    await Promise.all([ours.stop(), reference.stop()]);
  }
  return played;
}
