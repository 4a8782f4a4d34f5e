import { readFileSync, writeFileSync } from "node:fs";
import { type Supervised, supervise } from "../../ts/processes/supervised.ts";

/**
 * - `good`: does as it is told
 * - `slow`: the same, a tenth of a second later each time
 * - `crashing`: dies of its second stretch
 * - `hanging`: never answers a stretch
 * - `unready`: never says that it is ready
 * - `endless`: takes everything, and never ends
 * - `missing`: lacks its package
 * - `full`: fails with its second stretch, in words of two lines
 * - `babbling`: says what is no answer
 */
export type FakeSinkKind =
  | "good"
  | "slow"
  | "crashing"
  | "hanging"
  | "unready"
  | "endless"
  | "missing"
  | "full"
  | "babbling";

const SCRIPT = `
  import { appendFileSync } from "node:fs";
  import { createInterface } from "node:readline";
  const [kind, log] = process.argv.slice(1);
  const tell = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
  const fail = (kind, cause, mend) => { tell({ failed: { kind, cause, mend } }); process.exit(1); };
  if (kind === "missing") fail("missing", "the Python package tensorboard is not installed", null);
  if (kind === "babbling") console.log("wandb: hello");
  if (kind !== "unready") tell({ ready: true });
  let stretches = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    appendFileSync(log, line + "\\n");
    const { through, end } = JSON.parse(line);
    if (end === true) {
      if (kind === "endless") await new Promise((resolve) => setTimeout(resolve, 600_000));
      tell({ ended: true });
      break;
    }
    stretches += 1;
    if (kind === "crashing" && stretches === 2) { console.error("a bad thing happened"); process.exit(7); }
    if (kind === "full" && stretches === 2) fail("broken", "OSError: No space left\\non the device", "free some space");
    if (kind === "hanging" || kind === "unready") continue;
    if (kind === "slow") await new Promise((resolve) => setTimeout(resolve, 100));
    tell({ through, place: "here" });
  }`;

/** A sink's process that notes in `log` what it hears. */
export function startFakeSink(kind: FakeSinkKind, log: string, onLine: (line: string) => void): Promise<Supervised> {
  writeFileSync(log, "");
  return supervise(process.execPath, ["--input-type=module", "--eval", SCRIPT, kind, log], { env: {}, onLine });
}

/** What such a process was told, in its order. */
export function heardBy(log: string): unknown[] {
  const lines = readFileSync(log, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}
