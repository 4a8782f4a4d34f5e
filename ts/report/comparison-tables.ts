import type { AcrossTasks, VariantDifference } from "./across-tasks.ts";
import { type Cell, intervalCell, numberCell, toldCell } from "./cell.ts";
import type { GroupDifference, GroupResult } from "./comparison.ts";
import { percent, signedInterval, signedPoints, whole } from "./format.ts";
import { FEWEST_PAIRS, type PairedDifference } from "./paired-difference.ts";
import type { Table } from "./tables.ts";

const number = (title: string) => ({ title, isNumber: true });

/** What a bold cell stands on. */
const BOLD = `Bold: better than every other of its task on ${FEWEST_PAIRS} or more shared seeds, with 0 below both intervals of each paired difference, the bootstrap's and Student's.`;

export function groupsTable(groups: readonly GroupResult[]): Table {
  const intervals =
    "Intervals are bootstrapped over seeds; that of a single run is Wilson's, over its episodes. IQM is the mean of the middle half of the seeds.";
  const [task, ...otherTasks] = new Set(groups.map((group) => group.task));
  const hasTasks = otherTasks.length > 0;
  return {
    caption: `Success of the reported policies, sampled${task === undefined || hasTasks ? "" : `, on ${task}`}`,
    columns: [
      { title: "Runs" },
      ...(hasTasks ? [{ title: "Task" }] : []),
      ...["Seeds", "Mean", "95 % interval", "IQM", "95 % interval", "Valid JSON", "Environment steps"].map(number),
    ],
    rows: groups.map((group) => [
      group.label,
      ...(hasTasks ? [group.task] : []),
      seedsCell(group),
      { ...numberCell(group.success, percent), isStrong: group.isSupportedBest },
      intervalCell(group.interval),
      numberCell(group.interquartileMean, percent),
      intervalCell(group.interquartileInterval),
      numberCell(group.validJson, percent),
      numberCell(group.envSteps, whole),
    ]),
    note: groups.some(({ isSupportedBest }) => isSupportedBest) ? `${intervals} ${BOLD}` : intervals,
  };
}

function seedsCell({ seeds: { length }, unfinished }: GroupResult): Cell {
  return toldCell(unfinished > 0 ? `${length} (+${unfinished} unfinished)` : String(length), length);
}

export function acrossTasksTable({ tasks, variants }: AcrossTasks): Table {
  const intervals = `Mean: of the ${tasks.length} tasks' means. IQM: the mean of the middle half of all runs of all tasks. Intervals are bootstrapped over the runs of each task by itself (Agarwal et al. 2021). Tasks: ${tasks.join("; ")}.`;
  return {
    caption: `Success over ${tasks.length} tasks`,
    columns: [{ title: "Runs" }, ...["Runs a task", "Mean", "95 % interval", "IQM", "95 % interval"].map(number)],
    rows: variants.map((variant) => [
      variant.label,
      runsCell(variant.runs),
      { ...numberCell(variant.success, percent), isStrong: variant.isSupportedBest },
      intervalCell(variant.interval),
      numberCell(variant.interquartileMean, percent),
      intervalCell(variant.interquartileInterval),
    ]),
    note: variants.some(({ isSupportedBest }) => isSupportedBest) ? `${intervals} ${BOLD}` : intervals,
  };
}

/** The range, where tasks differ. */
function runsCell(runs: readonly number[]): Cell {
  const [fewest, most] = [Math.min(...runs), Math.max(...runs)];
  return toldCell(fewest === most ? String(most) : `${fewest} to ${most}`, fewest);
}

/** Of methods over all tasks, or of groups on one. */
export function differencesTable(
  differences: readonly (GroupDifference | VariantDifference)[],
  caption = "Differences in success on shared seeds, in percentage points",
): Table {
  return {
    caption,
    columns: [
      { title: "Difference" },
      ...["Pairs", "Mean", "95 % bootstrap", "95 % Student", "P(improvement)"].map(number),
    ],
    rows: differences.map((difference) => [
      `${difference.label} − ${difference.baseline}`,
      ...differenceCells(difference),
    ]),
    note: DIFFERENCE_NOTE,
  };
}

const DIFFERENCE_NOTE =
  "Pairs share their seed. The bootstrap over a handful of pairs is too narrow; Student's interval is not, if differences are about normal. P(improvement) is the probability that a run of the first kind does better than one of the second, a tie counting half.";

function differenceCells(of: PairedDifference): Cell[] {
  return [
    numberCell(of.pairs, whole),
    numberCell(of.difference, signedPoints),
    intervalCell(of.interval, signedInterval),
    intervalCell(of.student, signedInterval),
    numberCell(of.probabilityOfImprovement, (value) => value.toFixed(2)),
  ];
}
