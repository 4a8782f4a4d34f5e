import { z } from "zod";
import { ConfigError } from "../../errors.ts";
import type { RayResources } from "./jobs.ts";

/** `cpus=4,gpus=1`; any other name is a custom resource of the cluster's nodes. @throws ConfigError */
export function rayResources(text: string): RayResources {
  const amounts = new Map(
    text.split(",").map((part): [string, number] => {
      const equals = part.indexOf("=");
      const [name, amount] = [part.slice(0, Math.max(0, equals)).trim(), Number(part.slice(equals + 1))];
      if (name === "" || !Number.isFinite(amount) || amount < 0) {
        throw new ConfigError(`--resources: expected name=amount, such as cpus=4,gpus=1, received ${part}`);
      }
      return [name, amount];
    }),
  );
  const { cpus = 1, gpus = 0, ...custom } = Object.fromEntries(amounts);
  return { cpus, gpus, custom };
}

/** What Ray's own tools take from `RAY_JOB_HEADERS`: a JSON object. @throws ConfigError */
export function rayHeaders(text: string | undefined): Record<string, string> {
  if (text === undefined || text === "") return {};
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigError(`RAY_JOB_HEADERS: expected a JSON object of texts, received ${text.slice(0, 80)}`, { cause });
  }
}
