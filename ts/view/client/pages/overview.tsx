import { percent } from "../../../report/format.ts";
import type { RunCard, RunEntry } from "../../api.ts";
import { api, go, to } from "../address.ts";
import { useRowKeys } from "../keyboard.ts";
import { StateBadge } from "../parts/badges.tsx";
import { Heading, Notices } from "../parts/heading.tsx";
import { ago, plural, progressText, successText } from "../parts/numbers.ts";
import { Sparkline } from "../parts/sparkline.tsx";
import { useResource } from "../resource.ts";

/** Every run of the folder. */
export function OverviewPage({ query }: { query: URLSearchParams }) {
  const { data, error } = useResource<{ root: string; runs: RunEntry[] }>(api.runs());
  const sought = query.get("q") ?? "";
  useRowKeys();
  const runs = (data?.runs ?? []).filter((run) => textOf(run).includes(sought.toLowerCase()));
  return (
    <>
      <Heading title="Runs">{data !== null && <p class="lead">{summaryOf(data.runs, data.root)}</p>}</Heading>
      <Notices messages={[error]} isWaiting={data === null} />
      {data?.runs.length === 0 && (
        <section class="empty">
          <p>
            No runs in <code>{data.root}</code> yet.
          </p>
          <p>They appear here as soon as a training begins:</p>
          <pre>npx coso train experiments/quickstart.ts</pre>
        </section>
      )}
      {data !== null && (data.runs.length > 8 || sought !== "") && (
        <label class="search">
          Filter{" "}
          <input
            type="search"
            value={sought}
            onInput={({ currentTarget }) => go(to.runs({ q: currentTarget.value }), "replace")}
          />
        </label>
      )}
      {data !== null && data.runs.length > 0 && runs.length === 0 && (
        <p class="empty">No run has “{sought}” in its name, method, environment or state.</p>
      )}
      <ul class="runs">
        {runs.map((run) => (
          <li key={run.id}>
            {run.kind === "run" ? <RunRow run={run} /> : <DamagedRow id={run.id} reason={run.reason} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function textOf(run: RunEntry): string {
  const words = run.kind === "run" ? [run.id, run.name, run.method, run.environment, run.state] : [run.id];
  return words.join(" ").toLowerCase();
}

function summaryOf(runs: readonly RunEntry[], root: string): string {
  const running = runs.filter((run) => run.kind === "run" && run.state === "running").length;
  return `${plural(runs.length, "run")} in ${root}${running > 0 ? `, ${running} running` : ""}`;
}

function RunRow({ run }: { run: RunCard }) {
  const success = run.success === null ? null : successText(run.success);
  const [first, last] = [run.curve[0], run.curve.at(-1)];
  const isTold = first !== undefined && last !== undefined;
  return (
    <a class="run" data-row href={to.run(run.id)}>
      <span class="name">
        <strong>{run.id}</strong>
        <small>
          {run.method} · {run.environment} · seed {run.seed}
        </small>
      </span>
      <span class="progress">
        <StateBadge state={run.state} />
        <small>{progressText(run)}</small>
        {run.iterations !== null && run.iterations > 0 && run.state !== "finished" && (
          <progress value={run.iteration} max={run.iterations} aria-label="Iterations" />
        )}
      </span>
      <Sparkline
        values={run.curve}
        label={
          isTold ? `Success in training, from ${percent(first)} to ${percent(last)}` : "No success in training yet"
        }
      />
      <span class="success" title={run.success?.what}>
        <b>{success?.rate ?? "–"}</b>
        <small>{success?.detail ?? ""}</small>
      </span>
      <small class="updated">{ago(run.updated)}</small>
    </a>
  );
}

function DamagedRow({ id, reason }: { id: string; reason: string }) {
  return (
    <div class="run damaged">
      <span class="name">
        <strong>{id}</strong>
        <small>cannot be shown: {reason}</small>
      </span>
    </div>
  );
}
