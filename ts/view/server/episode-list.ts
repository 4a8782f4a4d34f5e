import { z } from "zod";
import { EPISODE_ORDERS, type EpisodeOrder, type EpisodePage, type EpisodeRow, OUTCOMES } from "../api.ts";
import type { IndexedEpisode } from "../reading/episodes.ts";
import { toldDamage, type ViewedRun } from "../reading/viewed-run.ts";

const PAGE_SIZE = 50;

const wholeNumber = z.coerce.number().int().min(1);

/** What a list is asked for in its address; what is left out does not matter. */
export const listQuery = z.object({
  page: wholeNumber.default(1),
  outcome: z.enum(OUTCOMES).optional(),
  kind: z.string().optional(),
  from: wholeNumber.optional().describe("First iteration."),
  to: wholeNumber.optional().describe("Last iteration."),
  tokens: z.literal("recorded").optional(),
  order: z.enum(EPISODE_ORDERS).default("newest"),
});
type ListQuery = z.output<typeof listQuery>;

export async function episodePage(run: ViewedRun, query: ListQuery): Promise<EpisodePage> {
  await run.refreshEpisodes();
  const { all } = run.episodes;
  const recordedOf = ({ stepIds }: IndexedEpisode) => stepIds.filter((id) => run.tokens.has(id)).length;
  const matching = all
    .filter((episode) => passes(episode, query) && (query.tokens === undefined || recordedOf(episode) > 0))
    .sort(comparisons[query.order]);
  const pages = Math.max(1, Math.ceil(matching.length / PAGE_SIZE));
  const page = Math.min(query.page, pages);
  const iterations = all.flatMap(({ iteration }) => iteration ?? []);
  return {
    total: all.length,
    matching: matching.length,
    page,
    pages,
    episodes: matching
      .slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
      .map((episode) => rowOf(episode, recordedOf(episode))),
    kinds: [...new Set(all.flatMap(({ kind }) => kind ?? []))].sort(),
    iterations: extent(iterations),
    hasTokens: run.tokens.size > 0,
    problems: [...toldDamage(run.episodes.damage), ...toldDamage(run.tokens.damage)],
  };
}

function passes({ outcome, kind, iteration }: IndexedEpisode, query: ListQuery): boolean {
  return (
    (query.outcome === undefined || outcome === query.outcome) &&
    (query.kind === undefined || kind === query.kind) &&
    (query.from === undefined || (iteration ?? 0) >= query.from) &&
    (query.to === undefined || (iteration ?? 0) <= query.to)
  );
}

type Comparison = (a: IndexedEpisode, b: IndexedEpisode) => number;

/** Among equals the newest comes first. */
const comparisons: Record<EpisodeOrder, Comparison> = {
  newest: (a, b) => b.number - a.number,
  oldest: (a, b) => a.number - b.number,
  highest: (a, b) => b.return - a.return || b.number - a.number,
  lowest: (a, b) => a.return - b.return || b.number - a.number,
  longest: (a, b) => b.length - a.length || b.number - a.number,
  shortest: (a, b) => a.length - b.length || b.number - a.number,
};

function rowOf({ stepIds: _, ...episode }: IndexedEpisode, recorded: number): EpisodeRow {
  return { ...episode, recorded };
}

function extent(numbers: readonly number[]): [number, number] | null {
  if (numbers.length === 0) return null;
  return numbers.reduce<[number, number]>(
    ([low, high], number) => [Math.min(low, number), Math.max(high, number)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
