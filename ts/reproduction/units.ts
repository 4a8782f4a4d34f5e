import { bytes, decimal, magnitude } from "../report/format.ts";

/** How the numbers of a column are written, and what is better. */
export interface Unit {
  readonly name: string;
  readonly ours: (value: number) => string;
  readonly paper: (value: number) => string;
  /** `none`: no cell is the best. */
  readonly better: "higher" | "none";
}

/** Ours are shares in [0, 1], the paper's are in percent. */
export const PERCENT: Unit = {
  name: "%",
  ours: (value) => (value * 100).toFixed(1),
  paper: (value) => value.toFixed(1),
  better: "higher",
};

/** A share that is neither good nor bad. */
export const SHARE: Unit = { ...PERCENT, better: "none" };

export const COUNT: Unit = {
  name: "count",
  ours: (value) => (Number.isInteger(value) ? String(value) : value.toFixed(1)),
  paper: String,
  better: "none",
};

export const SCORE: Unit = { name: "in [0, 1]", ours: decimal, paper: decimal, better: "none" };

export const PARAMETERS: Unit = { name: "parameters", ours: magnitude, paper: (value) => `${value}B`, better: "none" };

export const MEMORY: Unit = { name: "bytes", ours: bytes, paper: (value) => `${value.toFixed(1)} GB`, better: "none" };

/** Ours are of one iteration, the paper's of a whole run. */
export const TIME: Unit = {
  name: "seconds an iteration",
  ours: (value) => `${value.toFixed(2)} s`,
  paper: (value) => `${value.toFixed(1)} h`,
  better: "none",
};
