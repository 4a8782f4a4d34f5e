import { totalmem } from "node:os";

/** What an accelerator can do, from its data sheet. Rates are peaks, without sparsity. */
export interface Card {
  readonly name: string;
  readonly memoryBytes: number;
  /** Whether it is this machine without an accelerator. */
  readonly isProcessor: boolean;
  /** Matrix products per second in bfloat16, in FLOPs. */
  readonly bfloat16Flops: number;
  /** The same in float32 without TF32, in FLOPs. */
  readonly float32Flops: number;
  /** Bytes per second between memory and cores. */
  readonly bandwidth: number;
  /** Bytes per second to other cards of the machine, one way. */
  readonly linkBandwidth: number;
  /** Seconds from one operation to the next when Python issues them one by one. */
  readonly launchSeconds: { readonly low: number; readonly high: number };
}

const CUDA_LAUNCH = { low: 4e-6, high: 12e-6 } as const;
/** On a CPU the operation itself is in it, which for a small model is more than its products. */
const CPU_LAUNCH = { low: 15e-6, high: 60e-6 } as const;

/** NVLink of Hopper and Ampere, and 16 lanes of PCIe 4, one way. */
const [NVLINK_4, NVLINK_3, PCIE_4] = [450e9, 300e9, 32e9];

/** Data sheets: NVIDIA H100 SXM, H200 SXM, A100 SXM 80 GB and 40 GB, L40S, GeForce RTX 4090. Memory in decimal bytes. */
const CARDS = {
  h100: card("H100 80 GB", 80e9, 989e12, 67e12, 3.35e12, NVLINK_4),
  h200: card("H200 141 GB", 141e9, 989e12, 67e12, 4.8e12, NVLINK_4),
  "a100-80": card("A100 80 GB", 80e9, 312e12, 19.5e12, 2.04e12, NVLINK_3),
  "a100-40": card("A100 40 GB", 40e9, 312e12, 19.5e12, 1.555e12, NVLINK_3),
  l40s: card("L40S 48 GB", 48e9, 362e12, 91.6e12, 0.864e12, PCIE_4),
  "rtx-4090": card("RTX 4090 24 GB", 24e9, 165e12, 82.6e12, 1.008e12, PCIE_4),
} as const satisfies Record<string, Card>;

export type CardName = keyof typeof CARDS;
/** Cards that a plan can be made for, by name. */
export const CARD_NAMES = Object.keys(CARDS) as CardName[];

/** What a card has, as its maker says. */
export function cardNamed(name: CardName): Card {
  return CARDS[name];
}

/** Parts of device names as CUDA reports them, the more special first. */
const CUDA_NAMES: readonly [part: RegExp, name: CardName][] = [
  [/H200/, "h200"],
  [/H100/, "h100"],
  [/A100.*80GB/, "a100-80"],
  [/A100/, "a100-40"],
  [/L40S/, "l40s"],
  [/RTX 4090/, "rtx-4090"],
];

/** The card of a CUDA device, with the memory that it really has; null for one that is not listed. */
export function cardOfDevice(device: { readonly name: string; readonly memoryBytes: number }): Card | null {
  const found = CUDA_NAMES.find(([part]) => part.test(device.name));
  return found === undefined ? null : { ...CARDS[found[1]], name: device.name, memoryBytes: device.memoryBytes };
}

/** One core of a server's CPU: 32 float32 products and sums a cycle at 2 GHz; bfloat16 is no faster. */
const FLOPS_PER_CORE = 128e9;

/** This machine without an accelerator, with as many threads as the worker gets. */
export function processor(threads: number, memoryBytes: number = totalmem()): Card {
  const flops = FLOPS_PER_CORE * threads;
  return {
    name: `CPU (${threads} ${threads === 1 ? "thread" : "threads"})`,
    memoryBytes,
    isProcessor: true,
    bfloat16Flops: flops,
    float32Flops: flops,
    bandwidth: 20e9,
    // Through memory, which every byte passes twice.
    linkBandwidth: 10e9,
    launchSeconds: CPU_LAUNCH,
  };
}

function card(
  name: string,
  memoryBytes: number,
  bfloat16Flops: number,
  float32Flops: number,
  bandwidth: number,
  linkBandwidth: number,
): Card {
  return {
    name,
    memoryBytes,
    isProcessor: false,
    bfloat16Flops,
    float32Flops,
    bandwidth,
    linkBandwidth,
    launchSeconds: CUDA_LAUNCH,
  };
}
