import type { Interval } from "./interval.ts";

/** Numbers as a report writes them. */

const wholes = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return wholes.format(value);
}

/** 0.975 → "97.5 %"; always one digit, so that columns align. */
export function percent(share: number): string {
  return `${percentPoints(share)} %`;
}

/** A dash for what is not measured. */
export function percentOr(share: number | null): string {
  return share === null ? "–" : percent(share);
}

/** [0.943, 0.989] → "[94.3, 98.9]", in percent. */
export function percentInterval([low, high]: Interval): string {
  return `[${percentPoints(low)}, ${percentPoints(high)}]`;
}

/** 0.1 → "+10.0", with a minus sign of a number's width; in percentage points. */
export function signedPoints(difference: number): string {
  const points = percentPoints(Math.abs(difference));
  return `${points === "0.0" ? "" : difference < 0 ? "−" : "+"}${points}`;
}

/** [−0.05, 0.1] → "[−5.0, +10.0]", in percentage points. */
export function signedInterval([low, high]: Interval): string {
  return `[${signedPoints(low)}, ${signedPoints(high)}]`;
}

/** −0.473 → "−0.47", with a minus sign of a number's width. */
export function decimal(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

/** 0.8234 → "0.82", 0.0004 → "0.00". */
export function weightText(weight: number): string {
  return weight.toFixed(2);
}

/** 4.2 → "4.2 s", 95 → "1 min 35 s", 7325 → "2 h 2 min". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${rounded % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 1211400192 → "1.13 GiB". */
export function bytes(count: number): string {
  const mebibytes = count / 2 ** 20;
  return mebibytes < 1024 ? `${mebibytes.toFixed(0)} MiB` : `${(mebibytes / 1024).toFixed(2)} GiB`;
}

/** 414_200 → "414.2k"; 7.96e9 → "8.0B". */
export function magnitude(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`;
  return `${(count / 1e3).toFixed(1)}k`;
}

/** 0.01234 → "0.0123 USD", 12.3 → "12.30 USD" */
export function money(amount: number, currency: string): string {
  const figure = amount === 0 || amount >= 1 ? amount.toFixed(2) : amount.toPrecision(3);
  return `${figure} ${currency}`;
}

/** 1.043 → "× 1.04" */
export function ratio(value: number): string {
  return `× ${value.toFixed(2)}`;
}

function percentPoints(share: number): string {
  return (share * 100).toFixed(1);
}
