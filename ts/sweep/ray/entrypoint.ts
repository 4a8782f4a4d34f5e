import { join } from "node:path";
import { packageRoot } from "../../processes/installation.ts";
import { type TrialJob, trainArguments } from "../launcher.ts";
import { RETURNED_FOLDER, SENT_ARCHIVE } from "./run-archive.ts";

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
 * @param isSent whether the job starts where a run folder was sent that it goes on with.
 */
export function archivingEntrypoint(id: string, job: TrialJob, workingDirectory: string, isSent: boolean): string {
  const archive = `"$logs"/${quoted(archiveName(id))}`;
  return [
    // The trial gets the signal too, and saves; this shell has to outlive it.
    "trap : INT TERM",
    `sent=$PWD/${SENT_ARCHIVE}`,
    'logs=$(dirname "$(readlink /proc/$$/fd/1)")',
    `cd ${quoted(workingDirectory)} || exit 1`,
    "folder=$(mktemp -d) || exit 1",
    ...(isSent ? [`mkdir "$folder/${RETURNED_FOLDER}" && tar -xzf "$sent" -C "$folder/${RETURNED_FOLDER}"`] : []),
    train({ ...job, directory: ON_NODE }),
    "code=$?",
    `tar -C "$folder" -czf ${archive}.part ${RETURNED_FOLDER} && mv ${archive}.part ${archive} || {`,
    '  code=74; echo "Error: the run folder could not be left in $logs"',
    "}",
    'rm -rf "$folder"',
    "exit $code",
  ].join("\n");
}

/** Stands for the run folder within the shell's own. */
const ON_NODE = `$folder/${RETURNED_FOLDER}`;

function train(job: TrialJob): string {
  return ["node", COSO, ...trainArguments(job)]
    .map((word) => (word === ON_NODE ? `"${word}"` : quoted(word)))
    .join(" ");
}

function quoted(word: string): string {
  return /^[\w./=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
