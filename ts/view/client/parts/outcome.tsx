import type { StepDetail } from "../../api.ts";

/** What f^parse made of an utterance, and why. */
export function ParseVerdict({ outcome }: Pick<StepDetail, "outcome">) {
  if (outcome.kind === "action") {
    const factors = Object.entries(outcome.factors);
    const isOneWord = factors.length === 1 && factors[0]?.[1] === outcome.action.words;
    return (
      <p class="verdict">
        Action <code>{outcome.action.words}</code>
        {!isOneWord && factors.length > 0 && (
          <small> {factors.map(([name, label]) => `${name}: ${label}`).join(", ")}</small>
        )}
      </p>
    );
  }
  const { reason, executed } = outcome;
  return (
    <p class="verdict invalid">
      No action{reason === "" ? "" : `: ${reason.replaceAll("-", " ")}`}
      {executed.words !== "" && (
        <small>
          {" "}
          <code>{executed.words}</code> was executed instead
        </small>
      )}
    </p>
  );
}
