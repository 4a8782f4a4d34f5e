import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const KEYS = [
  ["j k, ↓ ↑", "next or previous row of a list; Enter opens it"],
  ["→ ←, l h", "next or previous step of an episode, or page of a list"],
  ["j k", "next or previous episode, on an episode's page; on a comparison the other run's utterances"],
  ["1 2 3 4", "colour tokens by causal weight, entropy, advantage, log-prob gap"],
  ["c", "compare this step with another run"],
  ["u", "one level up"],
  ["?", "this list; Esc closes it"],
] as const;

/** The keys, in a dialog that `dialog` opens. */
export function KeyHelp({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  useEffect(() => {
    const element = dialog.current;
    const close = ({ target }: MouseEvent) => target === element && element?.close();
    element?.addEventListener("click", close);
    return () => element?.removeEventListener("click", close);
  }, [dialog]);
  return (
    <dialog ref={dialog} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys + meaning}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
