import { duration, percent, percentInterval, whole } from "../../../report/format.ts";
import type { RunCard, Success } from "../../api.ts";

/** Numbers as the viewer writes them. */

/** Short, with a minus of a number's width: 0.8231 → "0.823", 2.4e-7 → "2.4e−7". */
export function figure(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

export function signed(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}

export function successText({ rate, interval, episodes }: Success): { rate: string; detail: string } {
  const parts = [
    interval === null ? null : percentInterval(interval),
    episodes === null ? null : `n = ${whole(episodes)}`,
  ];
  return { rate: percent(rate), detail: parts.filter((part) => part !== null).join(" · ") };
}

export function progressText({ iteration, iterations, secondsLeft, state }: RunCard): string {
  if (iterations === null || iterations === 0) return "no training";
  const reached = `iteration ${iteration} of ${iterations}`;
  if (state === "finished" && iteration < iterations) return `${reached}, stopped early`;
  return state === "running" && secondsLeft !== null ? `${reached} · ${duration(secondsLeft)} left` : reached;
}

export function ago(milliseconds: number): string {
  const seconds = Math.max(0, (Date.now() - milliseconds) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}
