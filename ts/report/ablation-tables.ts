import type { Interaction, MainEffect } from "./ablation.ts";
import { intervalCell, MISSING, numberCell, toldCell } from "./cell.ts";
import { percent, percentInterval, signedInterval, signedPoints, whole } from "./format.ts";
import type { Table } from "./tables.ts";

export function mainEffectsTable(effects: readonly MainEffect[]): Table {
  const titles = ["Seeds", "Averaged over", "Mean", "95 % interval", "Against first", "95 % bootstrap", "95 % Student"];
  return {
    caption: "Success by each setting's value, the others averaged over",
    columns: [{ title: "Setting" }, { title: "Value" }, ...titles.map((title) => ({ title, isNumber: true }))],
    rows: effects.flatMap(({ factor, seeds, contexts, levels }) =>
      levels.map(({ level, success, interval, difference }) => [
        factor,
        level,
        numberCell(seeds.length, whole),
        toldCell(contexts === 1 ? "1 setting" : `${contexts} settings`, contexts),
        numberCell(success, percent),
        intervalCell(interval),
        numberCell(difference?.difference ?? null, signedPoints),
        intervalCell(difference?.interval ?? null, signedInterval),
        intervalCell(difference?.student ?? null, signedInterval),
      ]),
    ),
    note: `Each row averages over the settings of everything else at which all values of its setting were run on the same seeds. Differences, in percentage points, are paired by seed.${together(effects)}`,
  };
}

/** What else a name stands for, as settings of which one decides the other are one factor. */
function together(effects: readonly MainEffect[]): string {
  return effects
    .map(({ factor, paths }) => ({ factor, others: paths.filter((path) => path !== factor) }))
    .filter(({ others }) => others.length > 0)
    .map(({ factor, others }) => ` With ${factor} changed ${others.join(", ")}.`)
    .join("");
}

export function interactionTable({ rows, columns, contexts, seeds, cells }: Interaction): Table {
  return {
    caption: `Success by ${rows.name} (down) and ${columns.name} (across), n = ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}${contexts > 1 ? `, mean over ${contexts} settings of the rest` : ""}`,
    isFolded: true,
    columns: [{ title: rows.name }, ...columns.levels.map((title) => ({ title, isNumber: true }))],
    rows: rows.levels.map((level, row) => [
      level,
      ...columns.levels.map((_, column) => {
        const cell = cells[row]?.[column] ?? null;
        if (cell === null) return MISSING;
        const interval = cell.interval === null ? "" : ` ${percentInterval(cell.interval)}`;
        return toldCell(`${percent(cell.success)}${interval}`, cell.success);
      }),
    ]),
  };
}
