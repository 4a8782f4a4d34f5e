import type { ActionWords } from "../../api.ts";
import { api } from "../address.ts";

/** What the agent saw, with the gesture that it made there drawn in. */
export function Screen({
  run,
  image,
  alt,
  gesture = null,
}: {
  run: string;
  image: string | null;
  alt: string;
  gesture?: ActionWords["gesture"];
}) {
  if (image === null) return null;
  return (
    <span class="screen">
      <img src={api.image(run, image)} alt={alt} loading="lazy" decoding="async" />
      {gesture !== null && <Gesture gesture={gesture} />}
    </span>
  );
}

/** In hundredths of the screen's sides: a ring where the finger went down, a line to where it left. */
function Gesture({ gesture: { touch, lift, isSwipe } }: { gesture: NonNullable<ActionWords["gesture"]> }) {
  // Once broad in white, once narrow in colour, to stand out on any picture.
  return (
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      {["halo", "mark"].map((name) => (
        <g key={name} class={name}>
          {isSwipe && <line x1={100 * touch.x} y1={100 * touch.y} x2={100 * lift.x} y2={100 * lift.y} />}
          <circle cx={100 * touch.x} cy={100 * touch.y} r="6" />
        </g>
      ))}
    </svg>
  );
}
