/** Any number of a list, behind a button that says what is chosen. */
export function Choices({
  name,
  all,
  chosen,
  choose,
}: {
  name: string;
  all: readonly string[];
  chosen: readonly string[];
  choose: (chosen: readonly string[]) => void;
}) {
  return (
    <details class="choices">
      <summary>
        {name} <small>{chosen.length === 0 ? "none" : `${chosen.length} of ${all.length}`}</small>
      </summary>
      <fieldset>
        <legend class="hidden">{name}</legend>
        {all.map((each) => (
          <label key={each}>
            <input
              type="checkbox"
              checked={chosen.includes(each)}
              onChange={({ currentTarget }) =>
                choose(currentTarget.checked ? [...chosen, each] : chosen.filter((other) => other !== each))
              }
            />{" "}
            {each}
          </label>
        ))}
      </fieldset>
    </details>
  );
}
