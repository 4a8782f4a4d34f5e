import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

/** Where one is: links to the levels above, and the page's name, which is also the tab's. */
export function Heading({
  above = [],
  title,
  children,
}: {
  above?: readonly { name: string; href: string }[];
  title: string;
  children?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${[title, ...above.map(({ name }) => name)].join(" · ")} · CoSo`;
  });
  return (
    <div class="heading">
      {above.length > 0 && (
        <nav aria-label="Levels above">
          {above.map(({ name, href }) => (
            <span key={href}>
              <a href={href}>{name}</a> <span aria-hidden="true">/</span>{" "}
            </span>
          ))}
        </nav>
      )}
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}

/** What went wrong, and what could not be read; that the answer is still awaited where `isWaiting`. */
export function Notices({
  messages,
  isWaiting = false,
}: {
  messages: readonly (string | null | undefined)[];
  isWaiting?: boolean;
}) {
  const told = messages.filter((message) => typeof message === "string");
  if (told.length === 0) return isWaiting ? <p class="waiting">Reading…</p> : null;
  return (
    <div class="notices" role="status">
      {told.map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
}
