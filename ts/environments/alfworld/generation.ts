import { mkdir, readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { z } from "zod";
import { EnvironmentError, WorldError } from "../../errors.ts";
import { installCommand } from "../../processes/installation.ts";
import type { Split } from "./games.ts";
import { hostEnvironment, hostPython } from "./hosts/python.ts";

/** - `small`: at most six receptacles and a few objects, for small models · `full`: a room as AI2-THOR furnishes it */
export const SIZES = ["small", "full"] as const;
export type Size = (typeof SIZES)[number];

export interface GenerationRequest {
  /** Gets json_2.1.1 and logic, as official data has them. */
  readonly root: string;
  readonly splits: readonly Split[];
  /** Of each split. */
  readonly games: number;
  readonly seed: number;
  readonly size: Size;
  /** Processes that draw and solve games. */
  readonly jobs: number;
  readonly signal?: AbortSignal;
  /** Hears how many games there are, those of an earlier time included. */
  readonly onGame?: (written: number, total: number) => void;
}

export interface Generated {
  readonly root: string;
  /** Written now, and found from an earlier time that was cut off or asked for fewer. */
  readonly written: number;
  readonly found: number;
  /** Mean commands of a plan that wins, over the games written now; null where none were. */
  readonly meanPlan: number | null;
}

interface Order {
  readonly split: Split;
  readonly index: number;
  readonly seed: number;
  readonly size: Size;
}

const report = z.union([
  z.strictObject({ folder: z.string(), taskType: z.string(), steps: z.int() }),
  z.strictObject({ error: z.string() }),
]);

/**
 * Writes games of all six task types in turns. Games that are there already are kept: the same request again, after a
 * stop, writes those that are missing.
 * @throws WorldError `start` where alfworld is not installed; EnvironmentError where a game could not be drawn.
 */
export async function generateGames(request: GenerationRequest): Promise<Generated> {
  const { splits, games, seed, size, jobs } = request;
  const root = resolve(request.root);
  await mkdir(root, { recursive: true });
  const there = new Set((await Promise.all(splits.map((split) => trialsOf(root, split)))).flat());
  const orders = splits.flatMap((split) =>
    Array.from({ length: games }, (_, index): Order => ({ split, index, seed, size })),
  );
  const missing = orders.filter((order) => !there.has(keyOf(order.split, trialName(order))));
  const found = orders.length - missing.length;
  const plans: number[] = [];
  const shares = Array.from({ length: Math.min(jobs, missing.length) }, (_, job) =>
    missing.filter((_order, place) => place % jobs === job),
  );
  await Promise.all(
    shares.map((share) =>
      draw(root, share, request.signal, (steps) => {
        plans.push(steps);
        request.onGame?.(found + plans.length, orders.length);
      }),
    ),
  );
  const meanPlan = plans.length === 0 ? null : plans.reduce((sum, steps) => sum + steps, 0) / plans.length;
  return { root, written: plans.length, found, meanPlan };
}

/** Draws and writes games in a process of its own. */
async function draw(
  root: string,
  orders: readonly Order[],
  signal: AbortSignal | undefined,
  onGame: (steps: number) => void,
): Promise<void> {
  const child = execa(hostPython(), ["-m", "coso_alfworld.generation", JSON.stringify({ root, orders })], {
    env: hostEnvironment(),
    stdin: "ignore",
    reject: false,
    buffer: { stdout: false },
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  const failures: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const told = report.parse(JSON.parse(line));
    if ("error" in told) failures.push(told.error);
    else onGame(told.steps);
  }
  const { failed, stderr, shortMessage } = await child;
  signal?.throwIfAborted();
  if (failed) {
    const mend = `\`${installCommand("python/requirements-alfworld.txt")}\` installs what it needs`;
    throw new WorldError("start", `Games could not be drawn: ${stderr.split("\n").at(-1) || shortMessage}; ${mend}.`);
  }
  if (failures.length > 0) throw new EnvironmentError(failures.join("\n"));
}

async function trialsOf(root: string, split: Split): Promise<string[]> {
  const entries = await readdir(join(root, "json_2.1.1", split), { recursive: true }).catch(() => []);
  return entries.filter((entry) => basename(entry).startsWith("trial_")).map((entry) => keyOf(split, basename(entry)));
}

/** As `generation/games.py` names it. */
function trialName({ seed, index, size }: Order): string {
  return `trial_T${seed}_${size}_${String(index).padStart(5, "0")}`;
}

function keyOf(split: Split, trial: string): string {
  return `${split}/${trial}`;
}
