import { EPISODE_ORDERS, type EpisodePage, type EpisodeRow, OUTCOMES } from "../../api.ts";
import { api, go, to } from "../address.ts";
import { useKeys, useRowKeys } from "../keyboard.ts";
import { OutcomeBadge, outcomeName } from "../parts/badges.tsx";
import { Heading, Notices } from "../parts/heading.tsx";
import { plural, signed } from "../parts/numbers.ts";
import { Screen } from "../parts/screen.tsx";
import { useResource } from "../resource.ts";

/** A run's training episodes, a page at a time. */
export function EpisodesPage({ run, query }: { run: string; query: URLSearchParams }) {
  const { data, error } = useResource<EpisodePage>(api.episodes(run, query));
  const { page = 1, pages = 1 } = data ?? {};
  const filters = Object.fromEntries(query);
  const turn = (by: number) => {
    const next = Math.min(pages, Math.max(1, page + by));
    if (next !== page) go(to.episodes(run, { ...filters, page: next }));
  };
  useRowKeys();
  useKeys({
    ArrowRight: () => turn(1),
    ArrowLeft: () => turn(-1),
    l: () => turn(1),
    h: () => turn(-1),
    u: () => go(to.run(run)),
  });
  return (
    <>
      <Heading
        above={[
          { name: "Runs", href: to.runs() },
          { name: run, href: to.run(run) },
        ]}
        title="Episodes"
      >
        {data !== null && (
          <p class="lead">
            {data.matching === data.total
              ? plural(data.total, "training episode")
              : `${plural(data.matching, "episode")} of ${data.total.toLocaleString("en-US")}`}
          </p>
        )}
      </Heading>
      <Notices messages={[error, ...(data?.problems ?? [])]} isWaiting={data === null} />
      {data !== null && (
        <Filters
          page={data}
          query={query}
          set={(name, value) => go(to.episodes(run, { ...filters, page: null, [name]: value }), "replace")}
        />
      )}
      {data?.matching === 0 && (
        <p class="empty">{data.total === 0 ? "No episode has ended yet." : "No episode is of this kind."}</p>
      )}
      <ul class="episodes">
        {data?.episodes.map((episode) => (
          <li key={episode.number}>
            <Row run={run} episode={episode} />
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <nav class="pager" aria-label="Pages">
          <button type="button" disabled={page === 1} onClick={() => turn(-1)}>
            ← Previous
          </button>
          <span>
            Page {page} of {pages}
          </span>
          <button type="button" disabled={page === pages} onClick={() => turn(1)}>
            Next →
          </button>
        </nav>
      )}
    </>
  );
}

function Row({ run, episode }: { run: string; episode: EpisodeRow }) {
  const facts = [
    episode.kind,
    plural(episode.length, "step"),
    episode.iteration === null ? null : `iteration ${episode.iteration}`,
    episode.invalid === 0 ? null : `${episode.invalid} without an action`,
  ];
  return (
    <a class="episode" data-row href={to.episode(run, episode.number)}>
      <Screen run={run} image={episode.image} alt="" />
      <span class="name">
        <span>
          <strong>#{episode.number}</strong> <OutcomeBadge outcome={episode.outcome} />
        </span>
        <span class="goal">{episode.goal}</span>
        <small>{facts.filter((fact) => fact !== null).join(" · ")}</small>
      </span>
      <span class="recorded">
        {episode.recorded > 0 && <small>tokens of {plural(episode.recorded, "step")}</small>}
      </span>
      <span class="return">
        <b>{signed(episode.return)}</b>
        <small>return</small>
      </span>
    </a>
  );
}

const ORDER_NAMES: Record<(typeof EPISODE_ORDERS)[number], string> = {
  newest: "newest first",
  oldest: "oldest first",
  highest: "highest return",
  lowest: "lowest return",
  longest: "longest",
  shortest: "shortest",
};

function Filters({
  page: { kinds, iterations, hasTokens },
  query,
  set,
}: {
  page: EpisodePage;
  query: URLSearchParams;
  set: (name: string, value: string) => void;
}) {
  const select = (label: string, name: string, options: readonly (readonly [value: string, text: string])[]) => (
    <label>
      {label}{" "}
      <select value={query.get(name) ?? ""} onChange={({ currentTarget }) => set(name, currentTarget.value)}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  const iteration = (label: string, name: string) => (
    <label>
      {label}{" "}
      <input
        type="number"
        min={iterations?.[0]}
        max={iterations?.[1]}
        placeholder={String(iterations?.[name === "from" ? 0 : 1] ?? "")}
        value={query.get(name) ?? ""}
        onChange={({ currentTarget }) => set(name, currentTarget.value)}
      />
    </label>
  );
  return (
    <div class="controls">
      {select("Outcome", "outcome", [
        ["", "all"],
        ...OUTCOMES.map((outcome) => [outcome, outcomeName(outcome)] as const),
      ])}
      {kinds.length > 0 && select("Kind", "kind", [["", "all"], ...kinds.map((kind) => [kind, kind] as const)])}
      {hasTokens &&
        select("Tokens", "tokens", [
          ["", "any"],
          ["recorded", "recorded"],
        ])}
      {iterations !== null && iteration("From iteration", "from")}
      {iterations !== null && iteration("to", "to")}
      {select("Order", "order", [
        ["", ORDER_NAMES.newest],
        ...EPISODE_ORDERS.filter((order) => order !== "newest").map((order) => [order, ORDER_NAMES[order]] as const),
      ])}
    </div>
  );
}
