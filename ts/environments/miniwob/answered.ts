import { setTimeout as delay } from "node:timers/promises";
import { DeviceError, messageOf } from "../../errors.ts";

/**
 * What a browser answers. A page that computes for ever answers nothing, and a browser has no limit of its own for that.
 * @throws DeviceError `silent` when it takes longer than `limitMs`, `lost` when the browser, or its page, is gone.
 */
export async function answered<Answer>(name: string, limitMs: number, ask: () => Promise<Answer>): Promise<Answer> {
  const limit = new AbortController();
  const tooLong = delay(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new DeviceError("silent", `${name}: no answer within ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([ask(), tooLong]);
  } catch (error) {
    if (error instanceof DeviceError) throw error;
    throw new DeviceError("lost", `${name}: ${messageOf(error)}`, { cause: error });
  } finally {
    limit.abort();
  }
}
