import type { ComponentChildren } from "preact";

/** A table that may be wider or longer than there is room; the keyboard can scroll it too. */
export function ScrollingTable({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly { title: string; isNumber?: boolean }[];
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable without a mouse.
    <section class="table" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber === true ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
