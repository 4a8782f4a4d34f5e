import { join } from "node:path";
import { Command } from "commander";
import { findRuns } from "../report/find-runs.ts";
import { writeReport } from "../report/write-report.ts";

interface ReportFlags {
  out?: string;
  json?: boolean;
}

export function reportCommand(): Command {
  const command = new Command("report")
    .description("Write tables and figures of a run, or a comparison of several, as one static page.")
    .argument("<dirs...>", "run folders, or folders that contain run folders")
    .option("--out <dir>", "where to write (default: <run>/report for one run, report for several)")
    .option("--json", "print only the paths of what was written, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso report runs/quickstart-seed0
  coso report runs/rl-seed0 runs/coso-seed0 --out comparison
  coso report runs/figure4 --json

Writes index.html (opens without a network), tables.md, tables.tex, tables.csv, tables.json and figures/*.svg, *.png.
Runs of one configuration and several seeds are taken together, with intervals over seeds; what differs between
configurations is listed, and where several settings were varied, what each does. A run that has not finished is shown as
far as it went.`,
    );
  return command.action(async (directories: string[], { out, json }: ReportFlags) => {
    const runs = await findRuns(directories);
    const [first] = runs;
    const beside = runs.length === 1 && first !== undefined ? join(first, "report") : "report";
    const { text, ...written } = await writeReport(runs, out ?? beside);
    const { writeOut } = command.configureOutput();
    writeOut?.(json === true ? `${JSON.stringify(written, null, 2)}\n` : `${text}\n\nreport: ${written.page}\n`);
  });
}
