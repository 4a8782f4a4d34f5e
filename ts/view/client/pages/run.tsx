import { duration, percent, percentInterval, percentOr, whole } from "../../../report/format.ts";
import type { Curves, RunDetail, RunEntry } from "../../api.ts";
import { api, go, type RunView, to } from "../address.ts";
import { useKeys } from "../keyboard.ts";
import { StateBadge } from "../parts/badges.tsx";
import { Chart, type Line } from "../parts/chart.tsx";
import { Choices } from "../parts/choices.tsx";
import { Heading, Notices } from "../parts/heading.tsx";
import { ago, figure, plural, progressText, successText } from "../parts/numbers.ts";
import { ScrollingTable } from "../parts/scrolling-table.tsx";
import { useResource, useResources } from "../resource.ts";

/** What a run is looked at for first, as far as it has them. */
const FIRST_METRICS = [
  "rollout/success",
  "evaluation/success",
  "rollout/return",
  "rollout/valid_json",
  "loss/causal_entropy",
  "loss/entropy",
  "weights/mean",
];
const NUM_FIRST = 4;
const COLOURS = ["--blue", "--vermillion", "--green", "--purple", "--orange", "--sky"];
/** Beyond the colours, dashes tell lines apart. */
const DASHES = [[], [6, 4], [2, 3]];

/** One run: how it goes, its curves beside those of others, what it was set to. */
export function RunPage({ run, query }: { run: string; query: URLSearchParams }) {
  const { data: detail, error } = useResource<RunDetail>(api.run(run));
  const others = useResource<{ runs: RunEntry[] }>(api.runs()).data?.runs ?? [];
  useKeys({ u: () => go(to.runs()), e: () => go(to.episodes(run)) });
  if (detail === null)
    return (
      <>
        <Heading above={[{ name: "Runs", href: to.runs() }]} title={run} />
        <Notices messages={[error]} isWaiting />
      </>
    );
  const { card } = detail;
  const beside = query.getAll("with").filter((id) => id !== run);
  const asked = query.getAll("metric");
  const metrics = asked.length > 0 ? asked : firstMetrics(detail.metricNames);
  const x = query.get("x") === "iteration" ? "iteration" : "envSteps";
  const view = (changes: RunView) =>
    go(to.run(run, { metric: asked, with: beside, x: query.get("x"), ...changes }), "replace");
  const candidates = others.flatMap((other) => (other.kind === "run" && other.id !== run ? other.id : []));
  return (
    <>
      <Heading above={[{ name: "Runs", href: to.runs() }]} title={run}>
        <p class="lead">
          <StateBadge state={card.state} /> {card.method} · {card.environment} · seed {card.seed} · {progressText(card)}
        </p>
      </Heading>
      <Notices messages={[error, ...detail.problems]} />
      <Headline detail={detail} />
      <nav class="actions" aria-label="Of this run">
        <a class="button" href={to.episodes(run)}>
          {plural(detail.episodes, "episode")}
        </a>
        {detail.pages.map((kind) => (
          <a key={kind} class="button plain" href={to.page(run, kind)} target="_blank" rel="noreferrer">
            {PAGE_NAMES[kind]}
          </a>
        ))}
      </nav>
      <section aria-labelledby="curves">
        <h2 id="curves">Curves</h2>
        {detail.metricNames.length === 0 ? (
          <p class="muted">
            {(card.iterations ?? 0) === 0
              ? "A run without training has none."
              : "They begin with the end of the first iteration."}
          </p>
        ) : (
          <>
            <div class="controls">
              <Choices name="Metrics" all={detail.metricNames} chosen={metrics} choose={(metric) => view({ metric })} />
              {candidates.length > 0 && (
                <Choices name="Beside" all={candidates} chosen={beside} choose={(chosen) => view({ with: chosen })} />
              )}
              <label>
                Over{" "}
                <select value={x} onChange={({ currentTarget }) => view({ x: currentTarget.value })}>
                  <option value="envSteps">environment steps</option>
                  <option value="iteration">iterations</option>
                </select>
              </label>
            </div>
            <Charts runs={[run, ...beside]} metrics={metrics} x={x} />
          </>
        )}
      </section>
      <Stages stages={detail.stages} />
      <Phases seconds={detail.seconds} />
      <section>
        <details>
          <summary>Configuration with every default</summary>
          <pre>{JSON.stringify(detail.settings, null, 2)}</pre>
        </details>
      </section>
    </>
  );
}

const PAGE_NAMES: Record<RunDetail["pages"][number], string> = {
  report: "Report",
  explanation: "Explanation",
  samples: "Samples at a state",
};

function firstMetrics(names: readonly string[]): string[] {
  return [
    ...FIRST_METRICS.filter((name) => names.includes(name)),
    ...names.filter((name) => !FIRST_METRICS.includes(name)),
  ].slice(0, NUM_FIRST);
}

function Headline({ detail: { card, recordedSteps, seconds } }: { detail: RunDetail }) {
  const success = card.success === null ? null : successText(card.success);
  const spent = seconds.reduce((sum, phase) => sum + phase.seconds, 0);
  return (
    <dl class="headline">
      <div>
        <dt>Success{card.success === null ? "" : `, ${card.success.what}`}</dt>
        <dd>
          {success?.rate ?? "–"} <small>{success?.detail ?? "none measured yet"}</small>
        </dd>
      </div>
      <div>
        <dt>Environment steps</dt>
        <dd>
          {whole(card.envSteps)} <small>{plural(card.iteration, "iteration")}</small>
        </dd>
      </div>
      <div>
        <dt>Time</dt>
        <dd>
          {duration(spent)}{" "}
          <small>
            {card.secondsLeft === null ? `last written ${ago(card.updated)}` : `${duration(card.secondsLeft)} left`}
          </small>
        </dd>
      </div>
      <div>
        <dt>Steps with tokens</dt>
        <dd>
          {whole(recordedSteps)} <small>{recordedSteps === 0 ? "none recorded" : "to colour"}</small>
        </dd>
      </div>
    </dl>
  );
}

function Charts({
  runs,
  metrics,
  x,
}: {
  runs: readonly string[];
  metrics: readonly string[];
  x: "envSteps" | "iteration";
}) {
  const urls = runs.map((run) => api.curves(run, metrics));
  const found = useResources<Curves>(urls);
  return (
    <div class="charts">
      {metrics.map((metric) => (
        <Chart
          key={metric}
          title={metric}
          xName={x === "envSteps" ? "environment steps" : "iteration"}
          lines={runs.flatMap((run, place): Line[] => {
            const curves = found.get(urls[place] ?? "");
            if (curves === undefined) return [];
            return [
              {
                name: run,
                colour: COLOURS[place % COLOURS.length] ?? "--ink",
                dash: DASHES[Math.floor(place / COLOURS.length) % DASHES.length] ?? [],
                x: curves[x],
                y: curves.metrics[metric] ?? [],
              },
            ];
          })}
        />
      ))}
    </div>
  );
}

function Stages({ stages }: Pick<RunDetail, "stages">) {
  if (stages.length === 0) return null;
  return (
    <section aria-labelledby="stages">
      <h2 id="stages">Stages</h2>
      <ScrollingTable
        label="Success after each stage"
        columns={[
          { title: "Stage" },
          { title: "Decoding" },
          ...["n/N", "Success", "95 % interval", "Valid JSON", "Mean return"].map((title) => ({
            title,
            isNumber: true,
          })),
        ]}
      >
        {stages.map((row) => (
          <tr key={row.stage + row.decoding}>
            <th scope="row">{row.stage}</th>
            <td>{row.decoding}</td>
            <td class="number">
              {row.successes}/{row.episodes}
            </td>
            <td class="number">
              <b>{percent(row.rate)}</b>
            </td>
            <td class="number">{percentInterval([...row.interval])}</td>
            <td class="number">{percentOr(row.validJson)}</td>
            <td class="number">{figure(row.meanReturn)}</td>
          </tr>
        ))}
      </ScrollingTable>
    </section>
  );
}

function Phases({ seconds }: Pick<RunDetail, "seconds">) {
  if (seconds.length === 0) return null;
  const all = seconds.reduce((sum, phase) => sum + phase.seconds, 0);
  return (
    <section aria-labelledby="phases">
      <h2 id="phases">Where the time went</h2>
      <ul class="phases">
        {seconds.map(({ phase, seconds: spent }) => (
          <li key={phase}>
            <span>{phase}</span>
            <span class="track">
              <span class="fill" style={{ width: `${(100 * spent) / all}%` }} />
            </span>
            <span class="number">{duration(spent)}</span>
            <span class="number muted">{percent(spent / all)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
