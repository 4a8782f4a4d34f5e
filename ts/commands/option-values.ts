import { InvalidArgumentError } from "commander";

/** Readers of option values that commander calls; what they throw names the option. */

export function positiveInteger(text: string): number {
  return integerFrom(text, 1, Number.MAX_SAFE_INTEGER);
}

/** An unsigned 32-bit integer. */
export function seed(text: string): number {
  return integerFrom(text, 0, 0xffff_ffff);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`Expected a number above 0, got "${text}".`);
}

function integerFrom(text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}, got "${text}".`);
}
