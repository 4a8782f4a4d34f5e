import { join } from "node:path";
import { packageRoot } from "../../processes/installation.ts";
import { type TrialJob, trainArguments } from "../launcher.ts";

const COSO = join(packageRoot, "bin/coso.mjs");

/** What the archive of a job's run folder is called, among the logs of the node that ran it. */
export function archiveName(id: string): string {
  return `${id}.tgz`;
}

/** The command line of a job whose nodes see the sweep's folder. */
export function sharedEntrypoint(job: TrialJob, workingDirectory: string): string {
  return `cd ${quoted(workingDirectory)} && exec ${train(job)}`;
}

/**
 * The command line of a job whose node sees nothing of ours: its run folder is a temporary one, and is left, when it has
 * ended or was told to stop, as an archive beside the job's own log, where Ray's interface hands files out.
 */
export function archivingEntrypoint(id: string, job: TrialJob, workingDirectory: string): string {
  const archive = archiveName(id);
  return [
    // The trial gets the signal too, and saves; this shell has to outlive it.
    "trap : TERM",
    'logs=$(dirname "$(readlink /proc/$$/fd/1)")',
    "folder=$(mktemp -d)",
    `cd ${quoted(workingDirectory)} || exit 1`,
    `${train({ ...job, directory: RUN_FOLDER })}`,
    "code=$?",
    `tar -C "$folder" -czf "$logs/${archive}.part" run && mv "$logs/${archive}.part" "$logs/${archive}"`,
    'rm -rf "$folder"',
    "exit $code",
  ].join("\n");
}

/** Stands for the shell's own folder. */
const RUN_FOLDER = "$folder/run";

function train(job: TrialJob): string {
  return ["node", COSO, ...trainArguments(job)]
    .map((word) => (word === RUN_FOLDER ? `"${word}"` : quoted(word)))
    .join(" ");
}

function quoted(word: string): string {
  return /^[\w./=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
