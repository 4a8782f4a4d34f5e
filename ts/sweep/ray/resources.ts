import { ConfigError } from "../../errors.ts";

/** What one trial has for itself while it runs. */
export interface RayResources {
  readonly cpus: number;
  readonly gpus: number;
  /** In bytes. */
  readonly memory: number;
  /** Custom resources of the cluster's nodes, such as `{ "accelerator_type:H100": 0.001 }`. */
  readonly custom: Readonly<Record<string, number>>;
}

/** `cpus=4,gpus=1,memory=16e9`; any other name is a custom resource of the cluster's nodes. @throws ConfigError */
export function rayResources(text: string): RayResources {
  const amounts = new Map<string, number>();
  for (const part of text.split(",")) {
    const equals = part.lastIndexOf("=");
    const [name, amount] = [part.slice(0, Math.max(0, equals)).trim(), part.slice(equals + 1).trim()];
    if (name === "" || amount === "" || !Number.isFinite(Number(amount)) || Number(amount) < 0) {
      throw new ConfigError(`--resources: expected name=amount, such as cpus=4,gpus=1, received ${part || "nothing"}`);
    }
    const meant = MISNAMED.get(name);
    if (meant !== undefined) throw new ConfigError(`--resources: ${name}: did you mean ${meant}?`);
    if (amounts.has(name)) throw new ConfigError(`--resources: ${name}: expected once, received twice`);
    amounts.set(name, Number(amount));
  }
  const { cpus = 1, gpus = 0, memory = 0, ...custom } = Object.fromEntries(amounts);
  return { cpus, gpus, memory, custom };
}

/** Ray refuses a custom resource of such a name, but only after it has taken the job. */
const MISNAMED = new Map([
  ["cpu", "cpus"],
  ["gpu", "gpus"],
  ["CPU", "cpus"],
  ["GPU", "gpus"],
  ["mem", "memory"],
]);
