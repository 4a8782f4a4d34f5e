/** Neither end is certain; the truth is expected between them. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export const NOTHING: Range = { low: 0, high: 0 };

export function times({ low, high }: Range, factor: number): Range {
  return { low: low * factor, high: high * factor };
}

export function product(a: Range, b: Range): Range {
  return { low: a.low * b.low, high: a.high * b.high };
}

export function plus(a: Range, b: Range): Range {
  return { low: a.low + b.low, high: a.high + b.high };
}

/** Of what two take, what is saved by doing both at once. */
export function lesser(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
}
