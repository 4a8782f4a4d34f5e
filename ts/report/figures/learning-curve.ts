import { curveOf, evaluations, METRICS } from "../curve.ts";
import type { RecordedRun } from "../read-run.ts";
import type { Figure } from "./chart.ts";
import { ends, type Line, lineFigure, starts } from "./lines.ts";

/** One run: success of its training episodes, its evaluations with intervals, and how much of its JSON is valid. */
export function learningCurve(run: RecordedRun): Figure | null {
  const success = curveOf(run, METRICS.success);
  const validJson = curveOf(run, METRICS.validJson);
  const evaluated = evaluations(run);
  const lines: Line[] = [
    { name: "Success in training", colour: "blue", dash: "solid", points: success },
    { name: "Valid JSON", colour: "green", dash: "dashed", points: validJson },
    { name: "Success in evaluation", colour: "vermillion", dash: "solid", points: evaluated, isScattered: true },
  ];
  const best = evaluated.length > 0 ? ` Evaluations end at ${ends(evaluated)}.` : "";
  return lineFigure({
    id: "learning-curve",
    title: "Learning curve",
    description: `Success of training episodes over environment steps: from ${starts(success)} to ${ends(success)}.${best}`,
    yName: "Share",
    lines,
  });
}
