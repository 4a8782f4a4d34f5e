import { dirname } from "node:path";
import type { Experiment } from "../config/schema.ts";
import { describeBadRows, readConversations } from "../demonstrations/conversation-file.ts";
import type { ConversationRow } from "../demonstrations/conversation-row.ts";
import { ImageReader } from "../demonstrations/image-reader.ts";
import type { Demonstration, Environment, EnvironmentDefinition } from "../environments/environment.ts";
import { ConfigError } from "../errors.ts";
import { sha256Of } from "../file-hash.ts";
import type { Progress } from "../progress.ts";
import { percent } from "../report/format.ts";

/** A user's demonstrations: every row checked, their images still on disk. */
export interface SftFile {
  readonly rows: readonly ConversationRow[];
  readonly images: ImageReader;
}

/**
 * Reads and checks the experiment's data file, images included; null where its demonstrations are scripted.
 * @throws ConfigError listing the bad rows, unless they are to be skipped; and when the file is not the one that the
 * experiment was configured with.
 */
export async function openSftFile({
  experiment,
  definition,
  progress,
}: {
  experiment: Experiment;
  definition: EnvironmentDefinition;
  progress: Progress;
}): Promise<SftFile | null> {
  const source = experiment.sft?.demonstrations;
  if (source === undefined || !("file" in source)) return null;
  const { file, count, skipBadRows, sha256 } = source;
  if (sha256 !== null && sha256Of(file) !== sha256) {
    throw new ConfigError(`sft.demonstrations.file: ${file} has changed since the run was configured; put it back`);
  }
  const images = new ImageReader(source.imageFolder ?? dirname(file));
  progress.begin("check the demonstrations", count ?? 1);
  const onRow = (row: number) => progress.update(count === null ? 0 : row, `row ${row}`);
  const { rows, badRows } = await readConversations(file, { count, images, onRow });
  progress.end();
  const total = rows.length + badRows.length;
  if (count !== null && total < count) {
    throw new ConfigError(
      `sft.demonstrations.count: expected at most ${total}, the rows of ${file}, received ${count}`,
    );
  }
  if (badRows.length > 0) {
    const found = `${file}: ${badRows.length} of ${total} rows cannot be learned from, counted from 1:`;
    const told = `${found}\n${describeBadRows(badRows)}`;
    if (!skipBadRows || rows.length === 0) {
      throw new ConfigError(`${told}\nMend them, or leave them out with sft.demonstrations.skipBadRows: true`);
    }
    progress.say(`${told}\nthey are left out`);
  }
  const parser = definition.create(experiment.environment.settings);
  for (const line of warnings(rows, parser)) progress.say(`${file}: ${line}`);
  await parser.close?.();
  return { rows, images };
}

/** What the file's rows show, made as it is asked for: only the images of a few rows are in memory. */
export async function* demonstrationsOf({ rows, images }: SftFile): AsyncGenerator<Demonstration> {
  for (const row of rows) {
    const { prompt, utterance, image: path, number } = row;
    if (path === null) {
      yield { observation: { prompt }, utterance };
      continue;
    }
    const read = await images.read(path);
    if (read.kind === "problem") {
      throw new ConfigError(`row ${number}: image ${path}, which was there a moment ago: ${read.problem}`);
    }
    yield { observation: { prompt, image: read.image }, utterance };
  }
}

/** What is odd and yet can be learned from. */
function warnings(rows: readonly ConversationRow[], parser: Pick<Environment, "parse">): string[] {
  const unread = rows.filter(({ prompt, utterance }) => parser.parse(utterance, { prompt }).kind === "invalid");
  const longer = rows.filter(({ laterTurns }) => laterTurns > 0);
  const told: string[] = [];
  if (unread.length > 0) {
    const share = percent(unread.length / rows.length);
    told.push(
      `f^parse reads no action from ${unread.length} of ${rows.length} utterances (${share}): ${numbers(unread)}`,
    );
  }
  if (longer.length > 0) {
    told.push(`only the first question and answer count; ${longer.length} rows have more: ${numbers(longer)}`);
  }
  return told;
}

function numbers(rows: readonly ConversationRow[]): string {
  const shown = rows.slice(0, 10).map(({ number }) => number);
  return `row${rows.length === 1 ? "" : "s"} ${shown.join(", ")}${rows.length > shown.length ? ", …" : ""}`;
}
