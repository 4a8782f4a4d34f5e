import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../progress.ts";
import { writeReport } from "../report/write-report.ts";
import { writeJson } from "../runs/atomic-write.ts";
import type { Summary } from "../train.ts";

/** Writes the run's report, and its path into `summary.json`; a report that is there already is left as it is. */
export async function withReport(directory: string, summary: Summary, progress: Progress): Promise<Summary> {
  if (summary.report !== null && existsSync(summary.report)) return summary;
  progress.begin("write the report", 1);
  const { page } = await writeReport([directory], join(directory, "report"));
  progress.end();
  const reported = { ...summary, report: page };
  writeJson(join(directory, "summary.json"), reported);
  return reported;
}
