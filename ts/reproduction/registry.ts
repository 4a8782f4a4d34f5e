import { figureE1 } from "./declared/figure-e1.ts";
import { figureE2 } from "./declared/figure-e2.ts";
import { figureF } from "./declared/figure-f.ts";
import { figure3 } from "./declared/figure3.ts";
import { figure4 } from "./declared/figure4.ts";
import { tableC1 } from "./declared/table-c1.ts";
import { tableD1 } from "./declared/table-d1.ts";
import { table1 } from "./declared/table1.ts";
import { table2 } from "./declared/table2.ts";
import type { Reproduction } from "./reproduction.ts";

/** All of them, what is cheap or shared first: where `--all` is cut, most is there. */
export const REPRODUCTIONS: readonly Reproduction[] = [
  tableD1,
  figure4,
  table2,
  tableC1,
  figureF,
  table1,
  figure3,
  figureE1,
  figureE2,
];
