import { visibleText } from "../../../report/visible-text.ts";
import type { StepDetail, TokenColumns } from "../../api.ts";
import { isSigned, lacks, MEASURE_MEANS, MEASURE_NAMES, MEASURES, type Measure, valuesOf } from "./measures.ts";
import { figure } from "./numbers.ts";
import { ScrollingTable } from "./scrolling-table.tsx";

/** Of the scale; what is less would not be seen. */
const FAINTEST = 0.01;

type Span = readonly [start: number, end: number] | null;

/** What the agent said: coloured token by token where they were recorded, with the characters underlined that decided the action. */
export function Utterance({ step, measure, scale }: { step: StepDetail; measure: Measure | null; scale: number }) {
  const { tokens, utterance, outcome } = step;
  const span = outcome.kind === "action" ? outcome.span : null;
  if (tokens === null || measure === null) {
    return (
      <p class="tokens">
        {cut(utterance, 0, span).map(({ text, isDeciding }, index) => (
          <Piece key={index} text={text} isDeciding={isDeciding} />
        ))}
      </p>
    );
  }
  const values = valuesOf(tokens, measure) ?? [];
  let start = 0;
  return (
    <>
      <p class="tokens">
        {tokens.tokens.map((text, index) => {
          const value = values[index] ?? 0;
          const strength = Math.min(1, Math.abs(value) / scale);
          const parts = cut(text, start, span);
          const isBlank = text.trim() === "";
          start += text.length;
          return (
            <span
              key={index}
              class={`token${isSigned(measure) && value > 0 ? " above" : ""}${isBlank ? " blank" : ""}`}
              style={{ "--strength": strength < FAINTEST ? "0" : strength.toFixed(3) }}
              data-value={figure(value)}
            >
              {parts.map((part, place) => (
                <Piece
                  key={place}
                  text={isBlank || part.text.trim() !== "" ? visibleText(part.text) : part.text}
                  isDeciding={part.isDeciding}
                />
              ))}
            </span>
          );
        })}
      </p>
      <TokenTable columns={tokens} />
    </>
  );
}

function Piece({ text, isDeciding }: { text: string; isDeciding: boolean }) {
  return isDeciding ? <u class="deciding">{text}</u> : <span>{text}</span>;
}

/** A piece of the utterance that begins at `start`, cut where the deciding characters begin and end. */
function cut(text: string, start: number, span: Span): { text: string; isDeciding: boolean }[] {
  if (span === null) return [{ text, isDeciding: false }];
  const within = (place: number) => Math.min(text.length, Math.max(0, place - start));
  const [from, to] = [within(span[0]), within(span[1])];
  const parts = [
    { text: text.slice(0, from), isDeciding: false },
    { text: text.slice(from, to), isDeciding: true },
    { text: text.slice(to), isDeciding: false },
  ].filter((part) => part.text !== "");
  return parts.length === 0 ? [{ text, isDeciding: false }] : parts;
}

function TokenTable({ columns: { tokens, weights, entropies, gaps } }: { columns: TokenColumns }) {
  const cell = (column: readonly number[] | null, index: number) => (
    <td class="number">{column === null ? "–" : figure(column[index] ?? 0)}</td>
  );
  return (
    <details>
      <summary>All {tokens.length} tokens in numbers</summary>
      <ScrollingTable
        label="Tokens of the utterance"
        columns={[
          { title: "Token" },
          ...["Weight", "Entropy, nats", "Gap, nats"].map((title) => ({ title, isNumber: true })),
        ]}
      >
        {tokens.map((text, index) => (
          <tr key={index}>
            <th scope="row">
              <code>{visibleText(text)}</code>
            </th>
            {cell(weights, index)}
            {cell(entropies, index)}
            {cell(gaps, index)}
          </tr>
        ))}
      </ScrollingTable>
    </details>
  );
}

/** Chooses what tokens are coloured by, and says what the colours mean. */
export function MeasureChoice({
  steps,
  method,
  measure,
  scale,
  absent,
  choose,
}: {
  steps: readonly StepDetail[];
  method: string;
  measure: Measure | null;
  scale: number;
  /** Why the run has no tokens at all. */
  absent: string | null;
  choose: (measure: Measure) => void;
}) {
  if (measure === null) {
    return (
      <p class="muted">
        {absent === null ? "Tokens were not recorded here; " : `Not coloured: ${absent}. `}
        {absent === null && "the list of episodes can be narrowed to those that have some."}
      </p>
    );
  }
  const missing = MEASURES.flatMap((each) => {
    const reason = lacks(steps, each, method);
    return reason === null ? [] : [`${MEASURE_NAMES[each]}: ${reason}`];
  });
  return (
    <div class="measure">
      <fieldset class="segments">
        <legend>Tokens coloured by</legend>
        {MEASURES.filter((each) => lacks(steps, each, method) === null).map((each) => (
          <label key={each}>
            <input type="radio" name="measure" checked={each === measure} onChange={() => choose(each)} />
            <span>{MEASURE_NAMES[each]}</span>
          </label>
        ))}
      </fieldset>
      <Legend measure={measure} scale={scale} />
      {missing.length > 0 && <p class="muted">Not to be had: {missing.join("; ")}.</p>}
    </div>
  );
}

function Legend({ measure, scale }: { measure: Measure; scale: number }) {
  const steps = isSigned(measure) ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  return (
    <p class="legend">
      {steps.map((step) => (
        <span
          key={step}
          class={`token${isSigned(measure) && step > 0 ? " above" : ""}`}
          style={{ "--strength": String(Math.abs(step)) }}
        >
          {figure(step * scale)}
        </span>
      ))}
      <span>
        {MEASURE_MEANS[measure]}. <u class="deciding">Underlined</u>: what f<sup>parse</sup> read the action from.
      </span>
    </p>
  );
}
