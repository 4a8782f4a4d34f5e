import { tableText } from "../report/terminal.ts";
import type { EngineMemory } from "./engine-memory.ts";
import type { MemoryPlan } from "./memory.ts";
import { size, whole } from "./quantities.ts";

const PART_NAMES: Readonly<Record<string, string>> = {
  frozenWeights: "frozen weights",
  learningWeights: "weights that learn, without gradients",
  valueHead: "value head",
  adapters: "adapters",
  loweredWeights: "weights in half precision",
  prompts: "passes over prompts",
  passes: "passes over prompts",
  graphs: "CUDA graphs",
};

/** An engine in a process of its own: what it holds on which card, whom that leaves what, and whether it fits. */
export function engineText(engine: EngineMemory, worker: Pick<MemoryPlan, "usable" | "phases">): string {
  return [table(engine), ...(engine.kind === "vllm" ? vllmLines(engine) : []), ...cardLines(engine, worker)].join("\n");
}

function table({ kind, card, ownDevice, parts, held }: EngineMemory): string {
  const what = kind === "vllm" ? "vLLM" : "a copy of the policy";
  const shared = card.isProcessor ? "in the worker's memory" : "on the worker's card";
  const where = ownDevice === null ? shared : `on CUDA device ${ownDevice}, ${card.name}`;
  return tableText({
    caption: `Engine: ${what} in a process of its own, ${where}`,
    columns: [{ title: "Part" }, { title: "Bytes", isNumber: true }],
    rows: [
      ...Object.entries(parts)
        .filter(([, bytes]) => bytes !== 0)
        .map(([part, bytes]) => [PART_NAMES[part] ?? part, size(bytes)]),
      ["all", size(held)],
    ],
  });
}

function vllmLines({ held, card, sleeps, cacheTokens, seats, slots }: EngineMemory): string[] {
  const share = `${Math.round((100 * held) / card.memoryBytes)} % of ${card.isProcessor ? "memory" : "the card"}`;
  const until = sleeps ? "given back while the policy learns" : "kept in every phase";
  if (cacheTokens === 0) return [`reserved: ${size(held)}, ${share}`];
  return [
    `reserved: ${size(held)}, ${share}, ${until}`,
    `its cache: ${whole(cacheTokens)} tokens, ${seats} of the longest utterances at once`,
    ...(seats < slots ? [`${slots} could be in the making, so ${slots - seats} wait`] : []),
  ];
}

function cardLines(
  { ownDevice, card, held, sleeps, usable, problems, missing }: EngineMemory,
  worker: Pick<MemoryPlan, "usable" | "phases">,
): string[] {
  const told = problems.map((problem) => `✖ ${problem}`);
  if (ownDevice !== null) {
    const fits = missing > 0 ? [] : [`✔ the engine fits: ${size(held)}, ${size(usable)} of ${card.name} can be used`];
    return [...fits, ...told];
  }
  const beside = worker.phases.filter(({ parts }) => parts.engine !== undefined).map(({ peak }) => peak - held);
  const needed = Math.max(...beside);
  const left = Math.max(0, worker.usable - held);
  const asleep = sleeps ? [`${size(worker.usable)} are left while the policy learns`] : [];
  const mark = needed <= left ? "✔" : "✖";
  return [
    `${mark} left for the worker beside it: ${size(left)}, of which it needs ${size(needed)}`,
    ...asleep,
    ...told,
  ];
}
