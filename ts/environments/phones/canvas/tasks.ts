import { RandomStreams } from "../../../random.ts";
import type { CanvasTask, Goal } from "./goal.ts";
import { generalGoals, shoppingGoals } from "./goals.ts";
import { shuffled } from "./shuffled.ts";
import { wordingsOf } from "./wording.ts";

export const TASK_STYLES = ["general", "webshopping"] as const;
export type TaskStyle = (typeof TASK_STYLES)[number];
export type TaskSplit = "train" | "test";

/** As many as the paper has of each (appendix B.1). */
const NUM_TASKS = { general: { train: 545, test: 96 }, webshopping: { train: 438, test: 96 } } as const;

/**
 * The tasks of a split, in an order that never changes. No goal of `test`, and so no instruction, occurs in `train`;
 * with `overlap` it is the first 96 of `train`, as the paper's general tasks are.
 */
export function canvasTasks(
  style: TaskStyle,
  split: TaskSplit,
  { overlap = false }: { overlap?: boolean } = {},
): readonly CanvasTask[] {
  const { train, test } = tasksOf(style);
  if (split === "train") return train;
  return overlap ? train.slice(0, NUM_TASKS[style].test) : test;
}

type Splits = Readonly<Record<TaskSplit, readonly CanvasTask[]>>;
const kept = new Map<TaskStyle, Splits>();

function tasksOf(style: TaskStyle): Splits {
  let splits = kept.get(style);
  if (splits === undefined) {
    splits = madeTasks(style);
    kept.set(style, splits);
  }
  return splits;
}

/** Seen goals are asked for in all their wordings, held-out ones in one each. */
function madeTasks(style: TaskStyle): Splits {
  const streams = new RandomStreams(0);
  const { seen, heldOut } = style === "general" ? generalGoals() : shoppingGoals();
  const wordings = streams.stream("wordings");
  const ordered = (split: TaskSplit, tasks: readonly CanvasTask[]) =>
    byTurns(shuffled(tasks, streams.stream(split))).slice(0, NUM_TASKS[style][split]);
  return {
    train: ordered(
      "train",
      seen.flatMap((goal) => wordingsOf(goal).map((instruction) => taskOf(goal, instruction))),
    ),
    test: ordered(
      "test",
      heldOut.map((goal) => taskOf(goal, wordings.pick(wordingsOf(goal)))),
    ),
  };
}

/** One of each kind after the other, so that no kind crowds out another among the first. */
function byTurns(tasks: readonly CanvasTask[]): CanvasTask[] {
  const numBefore = new Map<string, number>();
  const turns = tasks.map((task) => {
    const turn = numBefore.get(task.kind) ?? 0;
    numBefore.set(task.kind, turn + 1);
    return { task, turn };
  });
  return turns.sort((one, other) => one.turn - other.turn).map(({ task }) => task);
}

function taskOf(goal: Goal, instruction: string): CanvasTask {
  return { instruction, kind: goal.kind, goal };
}
