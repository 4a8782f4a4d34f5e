import { percent, whole } from "../../../report/format.ts";
import type { Encounter, Encounters, EpisodeDetail, RunEntry } from "../../api.ts";
import { api, type CompareView, go, to } from "../address.ts";
import { useKeys } from "../keyboard.ts";
import { Heading, Notices } from "../parts/heading.tsx";
import { lacks, MEASURES, type Measure, presentMeasure, scaleOf } from "../parts/measures.ts";
import { plural, signed } from "../parts/numbers.ts";
import { ParseVerdict } from "../parts/outcome.tsx";
import { Screen } from "../parts/screen.tsx";
import { MeasureChoice, Utterance } from "../parts/utterance.tsx";
import { useResource } from "../resource.ts";

/** What two runs said at one observation: the one that a step of the left run answers. */
export function ComparePage({ query }: { query: URLSearchParams }) {
  const run = query.get("run") ?? "";
  const number = Number(query.get("episode")) || 1;
  const place = Number(query.get("step")) || 1;
  const asked = query.get("colour");
  const runs =
    useResource<{ runs: RunEntry[] }>(api.runs()).data?.runs.flatMap(({ id, kind }) => (kind === "run" ? id : [])) ??
    [];
  const origin = useResource<EpisodeDetail>(run === "" ? null : api.episode(run, number));
  const step = origin.data?.steps[place - 1];
  const right = query.get("right") ?? runs.find((id) => id !== run) ?? run;
  const at = (id: string, first: { episode: number; step: number } | null) =>
    step === undefined || id === "" ? null : api.encounters(id, step.image, step.prompt, first);
  const sides = {
    left: useResource<Encounters>(at(run, { episode: number, step: place - 1 })),
    right: useResource<Encounters>(at(right, null)),
  };
  const shown = { left: Number(query.get("left")) || 1, right: Number(query.get("match")) || 1 };
  const view = (changes: Partial<CompareView>) =>
    go(
      to.compare({
        run,
        episode: number,
        step: place,
        colour: asked,
        right: query.get("right"),
        left: Number(query.get("left")) || null,
        match: Number(query.get("match")) || null,
        ...changes,
      }),
      "replace",
    );
  const others = sides.right.data?.encounters.length ?? 0;
  const turn = (by: number) => view({ match: Math.min(Math.max(1, shown.right + by), Math.max(1, others)) });
  useKeys({
    j: () => turn(1),
    k: () => turn(-1),
    u: () => go(to.episode(run, number, { step: place, colour: asked })),
    ...Object.fromEntries(MEASURES.map((measure, index) => [String(index + 1), () => view({ colour: measure })])),
  });
  const chosen = [sides.left.data?.encounters[shown.left - 1], sides.right.data?.encounters[shown.right - 1]].flatMap(
    (encounter) => encounter?.step ?? [],
  );
  const method = [sides.left.data?.method, sides.right.data?.method].filter(Boolean).join(" and ");
  const measure = presentMeasure(asked, chosen, method);
  const scale = measure === null ? 1 : scaleOf(chosen, measure);
  const common = { measure, scale };
  return (
    <>
      <Heading
        above={[
          { name: "Runs", href: to.runs() },
          ...(run === ""
            ? []
            : [
                { name: run, href: to.run(run) },
                { name: `Episode ${number}`, href: to.episode(run, number, { step: place, colour: asked }) },
              ]),
        ]}
        title="Two runs at one state"
      />
      <Notices
        messages={[origin.error, sides.left.error, sides.right.error, absence(run, origin.data, place)]}
        isWaiting={step === undefined}
      />
      {step !== undefined && (
        <>
          <section class="observation" aria-label="The observation">
            <Screen run={run} image={step.image} alt="What both agents saw" />
            <div>
              <details open={step.image === null}>
                <summary>Prompt</summary>
                <p class="prompt">{step.prompt}</p>
              </details>
              <MeasureChoice
                steps={chosen}
                method={method}
                measure={measure}
                scale={scale}
                absent={sides.left.data?.tokensAbsent ?? sides.right.data?.tokensAbsent ?? null}
                choose={(colour) => view({ colour })}
              />
            </div>
          </section>
          <div class="sides">
            <Side {...common} title={run} found={sides.left.data} shown={shown.left} show={(left) => view({ left })} />
            <Side
              {...common}
              title={
                <label>
                  <span class="hidden">Run on the right</span>
                  <select
                    value={right}
                    onChange={({ currentTarget }) => view({ right: currentTarget.value, match: null })}
                  >
                    {runs.map((id) => (
                      <option key={id}>{id}</option>
                    ))}
                  </select>
                </label>
              }
              found={sides.right.data}
              shown={shown.right}
              show={(match) => view({ match })}
            />
          </div>
        </>
      )}
    </>
  );
}

/** Why an address leads to no step; null where it does, or where that is not known yet. */
function absence(run: string, episode: EpisodeDetail | null, place: number): string | null {
  if (run === "") return "The address names no run; open an episode and press c there.";
  if (episode === null || episode.steps[place - 1] !== undefined) return null;
  return `Episode ${episode.number} has no step ${place}; it has ${plural(episode.steps.length, "step")}.`;
}

function Side({
  title,
  found,
  shown,
  show,
  measure,
  scale,
}: {
  title: preact.ComponentChildren;
  found: Encounters | null;
  shown: number;
  show: (place: number) => void;
  measure: Measure | null;
  scale: number;
}) {
  const encounter = found?.encounters[shown - 1];
  return (
    <section class="side">
      <h2>
        {title} <small>{found?.method}</small>
      </h2>
      {found !== null && found.encounters.length === 0 && (
        <p class="empty">This run was never at this state: no step has the same image and prompt.</p>
      )}
      {found !== null && encounter !== undefined && (
        <>
          <Actions actions={found.actions} />
          <div class="pager">
            <button type="button" disabled={shown === 1} onClick={() => show(shown - 1)}>
              ←<span class="hidden"> Previous utterance</span>
            </button>
            <span>
              {shown} of {found.encounters.length} · <Source run={found.run} source={encounter.source} />
            </span>
            <button type="button" disabled={shown === found.encounters.length} onClick={() => show(shown + 1)}>
              →<span class="hidden"> Next utterance</span>
            </button>
          </div>
          <ParseVerdict outcome={encounter.step.outcome} />
          <Utterance step={encounter.step} measure={measureOf(encounter, measure)} scale={scale} />
          {measure !== null && measureOf(encounter, measure) === null && (
            <p class="muted">Not coloured: {lacks([encounter.step], measure, found.method)}.</p>
          )}
          {encounter.step.reward !== null && <p class="muted">Reward {signed(encounter.step.reward)}</p>}
        </>
      )}
    </section>
  );
}

/** One side may lack what the other has. */
function measureOf({ step }: Encounter, measure: Measure | null): Measure | null {
  return measure === null ? null : presentMeasure(measure, [step], "") === measure ? measure : null;
}

function Source({ run, source }: { run: string; source: Encounter["source"] }) {
  if (source.kind === "final") return <>final policy</>;
  const { number, step, iteration } = source;
  return (
    <>
      <a href={to.episode(run, number, { step: step + 1 })}>
        episode {number}, step {step + 1}
      </a>
      {iteration !== null && `, iteration ${iteration}`}
    </>
  );
}

/** So many of the most frequent actions are listed. */
const LISTED_ACTIONS = 6;

/** How often which action was taken here in training. */
function Actions({ actions }: Pick<Encounters, "actions">) {
  const all = actions.reduce((sum, { count }) => sum + count, 0);
  return (
    <ul class="phases" aria-label={`Actions of ${plural(all, "training step")} at this state`}>
      {actions.slice(0, LISTED_ACTIONS).map(({ action, count }) => (
        <li key={action}>
          <span>{action ?? "no action"}</span>
          <span class="track">
            <span class="fill" style={{ width: `${(100 * count) / all}%` }} />
          </span>
          <span class="number">{whole(count)}</span>
          <span class="number muted">{percent(count / all)}</span>
        </li>
      ))}
    </ul>
  );
}
