import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Judge, Verdict } from "../environments/phones/judge.ts";
import { RunFolderError } from "../errors.ts";
import { decodePng } from "../png.ts";
import { imageName } from "../report/run-schema.ts";
import { wilsonInterval } from "../report/statistics.ts";

/** How a judge's verdicts on the last screens of stored episodes go with what their environment itself said. */
export interface Agreement {
  /** Judged one way or the other. */
  episodes: number;
  agreed: number;
  rate: number;
  /** 95 % Wilson interval of the rate. */
  interval: readonly [low: number, high: number];
  /** By what the environment said, then by what the judge did. */
  success: { judgedSuccess: number; judgedFailure: number };
  failure: { judgedSuccess: number; judgedFailure: number };
  /** Episodes on which the judge itself failed, in none of the counts above. */
  unknown: number;
  /** Of the first of them. */
  reason?: string;
}

const episodeSchema = z.looseObject({
  success: z.boolean(),
  ending: z.enum(["terminated", "truncated", "fault"]),
  kind: z.string().exactOptional(),
  steps: z.array(z.looseObject({ prompt: z.string().nullable(), image: imageName.nullable() })).min(1),
  lastImage: imageName.nullable(),
});
type StoredEpisode = z.output<typeof episodeSchema>;

/**
 * Has a judge look at the last screens of a run's latest episodes that have any and did not break down.
 * @param most episodes judged, the latest.
 * @param onJudged hears how many are done.
 * @throws RunFolderError when the run has no such episodes.
 */
export async function judgeAgreement(
  run: string,
  judge: Judge,
  most: number,
  onJudged: (done: number) => void,
): Promise<Agreement> {
  const episodes = (await storedEpisodes(join(run, "episodes.jsonl"))).slice(-most);
  if (episodes.length === 0) {
    throw new RunFolderError(
      `${run}: expected episodes.jsonl with episodes that end on a screen, found none; runs of earlier versions kept no last screens`,
    );
  }
  let done = 0;
  const verdicts = await Promise.all(
    episodes.map(async (episode) => {
      const verdict = await verdictOn(run, episode, judge);
      done += 1;
      onJudged(done);
      return verdict;
    }),
  );
  return agreementOf(episodes, verdicts);
}

function agreementOf(episodes: readonly StoredEpisode[], verdicts: readonly Verdict[]): Agreement {
  const count = (success: boolean, kind: Verdict["kind"]) =>
    episodes.filter((episode, place) => episode.success === success && verdicts[place]?.kind === kind).length;
  const cells = (success: boolean) => ({
    judgedSuccess: count(success, "success"),
    judgedFailure: count(success, "failure"),
  });
  const [success, failure] = [cells(true), cells(false)];
  const agreed = success.judgedSuccess + failure.judgedFailure;
  const judged = agreed + success.judgedFailure + failure.judgedSuccess;
  const failed = verdicts.find((verdict) => verdict.kind === "unknown");
  return {
    episodes: judged,
    agreed,
    rate: judged === 0 ? 0 : agreed / judged,
    interval: wilsonInterval(agreed, judged),
    success,
    failure,
    unknown: episodes.length - judged,
    ...(failed?.kind === "unknown" && { reason: failed.reason }),
  };
}

async function verdictOn(run: string, { steps, lastImage, kind = "" }: StoredEpisode, judge: Judge): Promise<Verdict> {
  const seen = [...steps.map(({ image }) => image), lastImage].filter((name) => name !== null);
  const [before, after] = await Promise.all(
    seen.slice(-2).map(async (name) => decodePng(await readFile(join(run, name)))),
  );
  if (before === undefined || after === undefined) return { kind: "unknown", reason: "the episode has no two screens" };
  const prompt = steps.find((step) => step.prompt !== null)?.prompt ?? "";
  return judge.verdict({ instruction: instructionIn(prompt), kind }, { before, after, actions: [] });
}

/** The task of an Android-in-the-Wild prompt; of any other all of it. */
function instructionIn(prompt: string): string {
  return /Goal: ([^\n]+)/.exec(prompt)?.[1] ?? prompt;
}

async function storedEpisodes(path: string): Promise<StoredEpisode[]> {
  const episodes: StoredEpisode[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      const read = episodeSchema.safeParse(parsed(line));
      if (read.success && read.data.lastImage !== null && read.data.ending !== "fault") episodes.push(read.data);
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  return episodes;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
