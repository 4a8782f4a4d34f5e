import { once } from "node:events";
import { execa } from "execa";
import { z } from "zod";
import { CosoError } from "../errors.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { packObservations } from "../worker/observations.ts";
import { startWorker } from "../worker/process.ts";

/** A round trip of {@link IMAGES} images, pixels read and a line answered for each, by two ways in one run. */
export interface BridgeBenchmark {
  /** Over the bridge: one raw frame beside a msgpack message over ipc. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The usual way: JSON with base64 over HTTP on the loopback. */
  readonly httpP50Ms: number;
  /** `httpP50Ms / p50Ms` */
  readonly ratio: number;
  /** Round trips over the bridge; HTTP gets one for every {@link BRIDGE_TRIPS_A_ROUND}. */
  readonly n: number;
}

const IMAGES = 16;
const SIDE = 300;
const BRIDGE_TRIPS_A_ROUND = 10;
const WARM_UP_ROUNDS = 2;

/** Measures both ways in turn, so that whatever else the machine does falls on both. */
export async function benchBridge({ rounds = 20 }: { rounds?: number } = {}): Promise<BridgeBenchmark> {
  const [python = ""] = pythonCommand();
  const worker = await startWorker({ command: [python, "-m", "bench.bridge_worker"], threads: 1 });
  const reference = execa(python, ["-m", "bench.http_reference"], {
    env: pythonEnvironment(1),
    stdin: "pipe",
    reject: false,
  });
  try {
    const [line] = await Promise.race([
      once(reference.stdout, "data"),
      reference.then(({ stderr }) => Promise.reject(new CosoError(`The HTTP reference did not start: ${stderr}`))),
    ]);
    const url = `http://127.0.0.1:${Number(line)}/`;
    const observations = Array.from({ length: IMAGES }, (_, index) => ({
      prompt: `image ${index}`,
      image: { width: SIDE, height: SIDE, rgb: new Uint8Array(SIDE * SIDE * 3).fill(index + 1) },
    }));
    const overBridge = async (): Promise<string[]> => {
      const { batch, frames, release } = packObservations(observations);
      const params = {
        observations: batch,
        stepIds: null,
        temperature: 1,
        greedy: true,
        maxNewTokens: 1,
        seed: 0,
        policy: "present" as const,
      };
      const { utterances } = await worker.client.call("act", params, { frames });
      release();
      return utterances;
    };
    const overHttp = async (): Promise<string[]> => {
      const prompts = observations.map(({ prompt }) => prompt);
      const images = observations.map(({ image }) => Buffer.from(image.rgb.buffer).toString("base64"));
      const body = JSON.stringify({ prompts, shape: [SIDE, SIDE, 3], images });
      const response = await fetch(url, { method: "POST", body });
      return z.object({ utterances: z.array(z.string()) }).parse(await response.json()).utterances;
    };
    const bridgeMs: number[] = [];
    const httpMs: number[] = [];
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      const isMeasured = round >= 0;
      for (let trip = 0; trip < BRIDGE_TRIPS_A_ROUND; trip += 1) {
        const elapsedMs = await timed(overBridge);
        if (isMeasured) bridgeMs.push(elapsedMs);
      }
      const elapsedMs = await timed(overHttp);
      if (isMeasured) httpMs.push(elapsedMs);
    }
    const p50Ms = quantile(bridgeMs, 0.5);
    const httpP50Ms = quantile(httpMs, 0.5);
    return { p50Ms, p95Ms: quantile(bridgeMs, 0.95), httpP50Ms, ratio: httpP50Ms / p50Ms, n: bridgeMs.length };
  } finally {
    reference.kill();
    await Promise.all([worker.stop(), reference]);
  }
}

/** Milliseconds of one round trip, whose answer must be the one that the pixels give. */
async function timed(trip: () => Promise<string[]>): Promise<number> {
  const started = performance.now();
  const utterances = await trip();
  const elapsedMs = performance.now() - started;
  const last = utterances[IMAGES - 1];
  if (last !== `image ${IMAGES - 1}: ${IMAGES}`) throw new CosoError(`The benchmark's answer is wrong: ${last}`);
  return elapsedMs;
}

/** The smallest sample that at least `share` of the samples do not exceed. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
