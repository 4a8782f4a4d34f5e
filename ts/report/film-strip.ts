import { goalOf } from "./goal.ts";
import { type Html, html } from "./html.ts";
import type { ShownEpisode, ShownStep } from "./shown-episodes.ts";
import { type ToldAction, toldAction } from "./told-action.ts";

/** Of a strip; what an episode has beyond is told as a number. */
const MOST_FRAMES = 24;

/**
 * An episode as a row of what the agent saw, each with what it did there; taps and swipes are drawn into the picture.
 * @param imageUri `data:` URI of an image by its name; undefined where it is not there.
 */
export function filmStrip(episode: ShownEpisode, imageUri: (name: string) => string | undefined): Html {
  const { steps } = episode;
  const frames = steps.slice(0, MOST_FRAMES).map((step, place) => frameOf(step, place, imageUri));
  const more = steps.length - frames.length;
  const end = episode.lastImage === null || more > 0 ? null : endFrame(imageUri(episode.lastImage));
  return html`<figure class="strip">
<figcaption>${captionOf(episode)}</figcaption>
<ol tabindex="0" aria-label="${`Steps of an episode: ${captionOf(episode)}`}">
${frames}${more > 0 ? html`<li class="more">${more} more</li>` : null}${end}
</ol>
</figure>`;
}

function captionOf({ iteration, success, ending, fault, kind, length, return: total, steps }: ShownEpisode): string {
  const verdict = ending === "fault" ? `broke down: ${fault ?? "no reason kept"}` : success ? "success" : "no success";
  const asked = steps.find(({ prompt }) => prompt !== null)?.prompt ?? "";
  return [
    ...(asked === "" ? [] : [goalOf(asked)]),
    ...(kind === undefined ? [] : [kind]),
    `${verdict} after ${length} ${length === 1 ? "step" : "steps"}`,
    `return ${Number(total.toFixed(2))}`,
    ...(iteration === undefined ? [] : [`iteration ${iteration}`]),
  ].join(" · ");
}

function frameOf(step: ShownStep, place: number, imageUri: (name: string) => string | undefined): Html {
  const uri = step.image === null ? undefined : imageUri(step.image);
  const told = toldAction(step.action);
  const invalid =
    step.parse.kind === "invalid" ? html` <small class="broken">${step.parse.reason ?? "invalid"}</small>` : null;
  const reward =
    step.reward === 0 ? null : html` <small>${step.reward > 0 ? "+" : ""}${Number(step.reward.toFixed(2))}</small>`;
  const screen =
    uri === undefined
      ? html`<div class="screen absent">no image</div>`
      : html`<div class="screen"><img src="${uri}" alt="${`What the agent saw at step ${place + 1}`}">${markOf(told)}</div>`;
  return html`<li>${screen}<p title="${step.utterance}"><b>${place + 1}</b> ${told.words}${reward}${invalid}</p></li>\n`;
}

function endFrame(uri: string | undefined): Html | null {
  if (uri === undefined) return null;
  return html`<li><div class="screen"><img src="${uri}" alt="What the last step led to"></div><p>end</p></li>`;
}

/** Drawn over the whole screen, in hundredths of its sides; a ring where the finger went down, a line to where it left. */
function markOf({ gesture }: ToldAction): Html | null {
  if (gesture === null) return null;
  const [touch, lift] = [gesture.touch, gesture.lift].map(({ x, y }) => ({
    x: (100 * x).toFixed(2),
    y: (100 * y).toFixed(2),
  }));
  if (touch === undefined || lift === undefined) return null;
  const line = (className: string) =>
    gesture.isSwipe
      ? html`<line class="${className}" x1="${touch.x}" y1="${touch.y}" x2="${lift.x}" y2="${lift.y}"/>`
      : null;
  const ring = (className: string) => html`<circle class="${className}" cx="${touch.x}" cy="${touch.y}" r="6"/>`;
  // Once broad in white, once narrow in colour, to stand out on any picture.
  return html`<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">${line("halo")}${ring("halo")}${line("mark")}${ring("mark")}</svg>`;
}
