import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useAddress } from "./address.ts";
import { useKeys } from "./keyboard.ts";
import { ComparePage } from "./pages/compare.tsx";
import { EpisodePage } from "./pages/episode.tsx";
import { EpisodesPage } from "./pages/episodes.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { RunPage } from "./pages/run.tsx";
import { KeyHelp } from "./parts/key-help.tsx";

/** The page that the address names, and what is around every page. */
export function App() {
  const { path, query } = useAddress();
  const help = useRef<HTMLDialogElement>(null);
  const showKeys = () => help.current?.showModal();
  useKeys({ "?": showKeys });
  const before = useRef(path);
  useEffect(() => {
    // Where the browser would begin a new page, a keyboard and a screen reader begin here.
    if (before.current !== path) document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
  return (
    <>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="22" height="22" /> CoSo
        </a>
        <button type="button" class="quiet" onClick={showKeys}>
          Keys <kbd>?</kbd>
        </button>
      </header>
      <main>{pageAt(path, query)}</main>
      <KeyHelp dialog={help} />
    </>
  );
}

function pageAt(path: string, query: URLSearchParams): JSX.Element {
  const [kind = "", run = "", episodes, number] = path.split("/").slice(1).map(decoded);
  if (kind === "") return <OverviewPage query={query} />;
  if (kind === "compare") return <ComparePage query={query} />;
  if (kind !== "runs" || run === "" || (episodes ?? "episodes") !== "episodes") return <NoPage />;
  if (episodes === undefined) return <RunPage key={run} run={run} query={query} />;
  if (number === undefined) return <EpisodesPage key={run} run={run} query={query} />;
  return <EpisodePage key={run} run={run} number={Number(number)} query={query} />;
}

/** An address typed by hand may be no encoding of anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function NoPage() {
  return (
    <section class="empty">
      <h1 tabIndex={-1}>No such page</h1>
      <p>
        <a href="/">All runs</a>
      </p>
    </section>
  );
}
