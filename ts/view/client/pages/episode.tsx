import { useEffect, useRef } from "preact/hooks";
import type { EpisodeDetail, StepDetail } from "../../api.ts";
import { api, go, to } from "../address.ts";
import { useKeys } from "../keyboard.ts";
import { OutcomeBadge } from "../parts/badges.tsx";
import { Heading, Notices } from "../parts/heading.tsx";
import { MEASURES, type Measure, presentMeasure, scaleOf } from "../parts/measures.ts";
import { figure, plural, signed } from "../parts/numbers.ts";
import { ParseVerdict } from "../parts/outcome.tsx";
import { Screen } from "../parts/screen.tsx";
import { MeasureChoice, Utterance } from "../parts/utterance.tsx";
import { useResource } from "../resource.ts";

/** One episode, a step of it at a time. */
export function EpisodePage({ run, number, query }: { run: string; number: number; query: URLSearchParams }) {
  const { data: episode, error } = useResource<EpisodeDetail>(api.episode(run, number));
  const steps = episode?.steps ?? [];
  const place = Math.min(Math.max(1, Number(query.get("step")) || 1), Math.max(1, steps.length));
  const asked = query.get("colour");
  const step = steps[place - 1];
  const show = (next: number) => go(to.episode(run, number, { step: next, colour: asked }), "replace");
  const move = (by: number) => show(Math.min(steps.length, Math.max(1, place + by)));
  const colour = (measure: Measure) => go(to.episode(run, number, { step: place, colour: measure }), "replace");
  const open = (other: number | null | undefined) => {
    if (typeof other === "number") go(to.episode(run, other, { colour: asked }));
  };
  const compare = to.compare({ run, episode: number, step: place, colour: asked });
  useKeys({
    ArrowRight: () => move(1),
    ArrowLeft: () => move(-1),
    l: () => move(1),
    h: () => move(-1),
    j: () => open(episode?.after),
    k: () => open(episode?.before),
    c: () => go(compare),
    u: () => go(to.episodes(run)),
    ...Object.fromEntries(MEASURES.map((measure, index) => [String(index + 1), () => colour(measure)])),
  });
  return (
    <>
      <Heading
        above={[
          { name: "Runs", href: to.runs() },
          { name: run, href: to.run(run) },
          { name: "Episodes", href: to.episodes(run) },
        ]}
        title={`Episode ${number}`}
      >
        {episode !== null && <Facts episode={episode} />}
      </Heading>
      <Notices messages={[error, episode?.fault]} isWaiting={episode === null} />
      {episode !== null && step !== undefined && (
        <>
          <nav class="actions" aria-label="Other episodes">
            <Neighbour run={run} number={episode.before} colour={asked} text="← Previous" />
            <Neighbour run={run} number={episode.after} colour={asked} text="Next →" />
            <a class="button plain" href={compare}>
              Compare this step with another run
            </a>
          </nav>
          <Film run={run} episode={episode} place={place} show={show} />
          <StepView run={run} episode={episode} step={step} place={place} asked={asked} choose={colour} />
        </>
      )}
    </>
  );
}

function Facts({ episode }: { episode: EpisodeDetail }) {
  const facts = [
    episode.kind,
    plural(episode.steps.length, "step"),
    `return ${signed(episode.return)}`,
    episode.iteration === null ? null : `iteration ${episode.iteration}`,
  ];
  return (
    <p class="lead">
      <OutcomeBadge outcome={episode.outcome} /> {facts.filter((fact) => fact !== null).join(" · ")}
    </p>
  );
}

function Neighbour({
  run,
  number,
  colour,
  text,
}: {
  run: string;
  number: number | null;
  colour: string | null;
  text: string;
}) {
  if (number === null) return null;
  return (
    <a class="button plain" href={to.episode(run, number, { colour })}>
      {text}
    </a>
  );
}

/** Every step as a small picture with what was done there, and what the last one led to. */
function Film({
  run,
  episode,
  place,
  show,
}: {
  run: string;
  episode: EpisodeDetail;
  place: number;
  show: (place: number) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[data-place="${place}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [place]);
  return (
    <ol class="film" ref={list} aria-label="Steps">
      {episode.steps.map((step, index) => {
        const action = step.outcome.kind === "action" ? step.outcome.action : step.outcome.executed;
        return (
          <li key={index} data-place={index + 1}>
            <button
              type="button"
              aria-current={index + 1 === place ? "step" : undefined}
              onClick={() => show(index + 1)}
            >
              <Screen run={run} image={step.image} alt="" gesture={action.gesture} />
              <span class="told">
                <b>{index + 1}</b> {action.words}
                {step.outcome.kind === "invalid" && <small> invalid</small>}
                {step.tokens !== null && <span class="dot" title="tokens recorded" />}
              </span>
            </button>
          </li>
        );
      })}
      {episode.lastImage !== null && (
        <li class="end">
          <Screen run={run} image={episode.lastImage} alt="What the last step led to" />
          <span class="told">end</span>
        </li>
      )}
    </ol>
  );
}

function StepView({
  run,
  episode,
  step,
  place,
  asked,
  choose,
}: {
  run: string;
  episode: EpisodeDetail;
  step: StepDetail;
  place: number;
  asked: string | null;
  choose: (measure: Measure) => void;
}) {
  const measure = presentMeasure(asked, [step], episode.method);
  const scale = measure === null ? 1 : scaleOf(episode.steps, measure);
  const { outcome } = step;
  const gesture = (outcome.kind === "action" ? outcome.action : outcome.executed).gesture;
  return (
    <section class="step" aria-labelledby="step">
      <div class="seen">
        <Screen run={run} image={step.image} alt={`What the agent saw at step ${place}`} gesture={gesture} />
        <dl class="facts">
          <dt>Reward</dt>
          <dd>{signed(step.reward ?? 0)}</dd>
          {episode.hasValues && step.value !== null && (
            <>
              <dt>Value</dt>
              <dd>{figure(step.value)}</dd>
            </>
          )}
          {step.tokens?.advantage !== null && step.tokens !== null && (
            <>
              <dt>Advantage</dt>
              <dd>{signed(step.tokens.advantage)}</dd>
            </>
          )}
        </dl>
      </div>
      <div class="said">
        <h2 id="step">
          Step {place} <small>of {episode.steps.length}</small>
        </h2>
        <ParseVerdict outcome={outcome} />
        <Utterance step={step} measure={measure} scale={scale} />
        <MeasureChoice
          steps={[step]}
          method={episode.method}
          measure={measure}
          scale={scale}
          absent={episode.tokensAbsent}
          choose={choose}
        />
        <details open={step.image === null}>
          <summary>Prompt</summary>
          <p class="prompt">{step.prompt}</p>
        </details>
      </div>
    </section>
  );
}
