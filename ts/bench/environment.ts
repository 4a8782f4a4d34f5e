import { createInterface } from "node:readline";
import { execa } from "execa";
import { z } from "zod";
import { DEJAVU_SANS_BOLD_FILE } from "../environments/drawing/typeface.ts";
import type { RgbImage } from "../environments/environment.ts";
import { drawNumberLineFrame } from "../environments/numberline/frame.ts";
import { NumberLine } from "../environments/numberline/numberline.ts";
import { NUMBERLINE_ACTIONS } from "../environments/numberline/rules.ts";
import { CosoError } from "../errors.ts";
import { RandomStream } from "../random.ts";
import { median } from "../report/statistics.ts";
import { pythonCommand, pythonEnvironment } from "../worker/python-command.ts";

/** NumberLine with its images under random actions, reset whenever an episode ends; medians over rounds. */
export interface EnvironmentBenchmark {
  /** As experiments run it: a state's frame is drawn once. */
  readonly stepsPerSecond: number;
  /** Every frame drawn into a buffer of its own. */
  readonly uncachedStepsPerSecond: number;
  /** The same game in Python, where Pillow draws every frame with a font loaded once. */
  readonly pillowStepsPerSecond: number;
  /** `stepsPerSecond / pillowStepsPerSecond` */
  readonly ratio: number;
  /** `uncachedStepsPerSecond / pillowStepsPerSecond` */
  readonly uncachedRatio: number;
  /** Steps of each. */
  readonly n: number;
}

const WARM_UP_ROUNDS = 1;
/** The two rasterisers spread ink a little differently over pixels, but lay down as much of it. */
const INK_TOLERANCE = 0.05;

/** Takes turns between the three, so that whatever else the machine does falls on all. */
export async function benchEnvironment({
  rounds = 7,
  stepsARound = 2000,
}: {
  rounds?: number;
  stepsARound?: number;
} = {}): Promise<EnvironmentBenchmark> {
  const pillow = startPillow();
  const cached = new NumberLine({ prompt: "full" });
  const uncached = new NumberLine({ prompt: "full" }, drawNumberLineFrame);
  const seconds = { cached: [] as number[], uncached: [] as number[], pillow: [] as number[] };
  try {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      const measured = {
        cached: await secondsOf(cached, stepsARound),
        uncached: await secondsOf(uncached, stepsARound),
        pillow: await pillow.secondsOf(stepsARound),
      };
      if (round < 0) continue;
      seconds.cached.push(measured.cached);
      seconds.uncached.push(measured.uncached);
      seconds.pillow.push(measured.pillow);
    }
  } finally {
    await pillow.stop();
  }
  const stepsPerSecond = stepsARound / median(seconds.cached);
  const uncachedStepsPerSecond = stepsARound / median(seconds.uncached);
  const pillowStepsPerSecond = stepsARound / median(seconds.pillow);
  return {
    stepsPerSecond,
    uncachedStepsPerSecond,
    pillowStepsPerSecond,
    ratio: stepsPerSecond / pillowStepsPerSecond,
    uncachedRatio: uncachedStepsPerSecond / pillowStepsPerSecond,
    n: rounds * stepsARound,
  };
}

async function secondsOf(environment: NumberLine, steps: number): Promise<number> {
  const random = new RandomStream(0);
  await environment.reset({ seed: random.seed() });
  const started = performance.now();
  for (let step = 0; step < steps; step += 1) {
    const { terminated, truncated } = await environment.step(random.pick(NUMBERLINE_ACTIONS));
    if (terminated || truncated) await environment.reset({ seed: random.seed() });
  }
  return (performance.now() - started) / 1000;
}

const pillowAnswer = z.object({ seconds: z.number().positive(), ink: z.number() });

/** The Python side, which waits for work on its standard input and ends with it. */
function startPillow(): { secondsOf(steps: number): Promise<number>; stop(): Promise<void> } {
  const [python = ""] = pythonCommand();
  const child = execa(python, ["-m", "bench.pillow_numberline", DEJAVU_SANS_BOLD_FILE], {
    env: pythonEnvironment(1),
    stdin: "pipe",
    reject: false,
  });
  // A process that ended has said why; its answer that never comes is reported below.
  child.stdin.on("error", () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async secondsOf(steps) {
      child.stdin.write(`${steps}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new CosoError(`The Pillow reference ended: ${(await child).stderr}`);
      const { seconds, ink } = pillowAnswer.parse(JSON.parse(value));
      const ours = inkOf(drawNumberLineFrame({ current: 4, target: 2 }));
      if (Math.abs(ours / ink - 1) > INK_TOLERANCE) {
        throw new CosoError(`The two sides draw different frames: mean ink ${ours} here, ${ink} by Pillow`);
      }
      return seconds;
    },
    async stop() {
      child.stdin.end();
      await child;
    },
  };
}

/** Mean darkness, 0–255. */
function inkOf({ rgb }: RgbImage): number {
  return 255 - rgb.reduce((sum, value) => sum + value, 0) / rgb.length;
}
