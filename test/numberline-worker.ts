import { numberLineFrame } from "../ts/environments/numberline/frame.ts";
import type { StartWorker } from "../ts/train.ts";
import { FakeWorker, type FakeWorkerOptions, fingerprint } from "./fake-worker.ts";

const rightActions = new Map<string, string>();
for (let current = 0; current <= 5; current++) {
  for (let target = 0; target <= 5; target++) {
    rightActions.set(fingerprint(numberLineFrame({ current, target }).rgb), target > current ? "+" : "-");
  }
}

/** A fake worker that reads NumberLine's images. */
export function numberLineWorker(options: Partial<FakeWorkerOptions> = {}): FakeWorker {
  return new FakeWorker({
    oracle: (image) => rightActions.get(fingerprint(image ?? new Uint8Array())) ?? "+",
    wrongAction: (right) => (right === "+" ? "-" : "+"),
    ...options,
  });
}

/** Hands out `worker` as if it were a process. */
export function starting(worker: FakeWorker): StartWorker {
  return async () => ({ client: worker, hello: { versions: { python: "3.11" } }, stop: async () => {} });
}
