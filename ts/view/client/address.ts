import { useEffect, useState } from "preact/hooks";

/** The page's address, which holds everything that is shown; going back and forward works as in any page. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();

function present(): Address {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** Goes to an address of the viewer; `replace` leaves the one before out of the history, as for a filter being typed. */
export function go(address: string, how: "push" | "replace" = "push"): void {
  const isOtherPage = new URL(address, location.href).pathname !== location.pathname;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  if (isOtherPage) scrollTo(0, 0);
  for (const listener of listeners) listener();
}

export function useAddress(): Address {
  const [address, setAddress] = useState(present);
  useEffect(() => {
    const update = () => setAddress(present());
    listeners.add(update);
    addEventListener("popstate", update);
    document.addEventListener("click", followLink);
    return () => {
      listeners.delete(update);
      removeEventListener("popstate", update);
      document.removeEventListener("click", followLink);
    };
  }, []);
  return address;
}

/** A plain click on a link within the viewer changes the page instead of loading it anew. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target !== "" || link.origin !== location.origin || isFile(link.pathname)) return;
  event.preventDefault();
  go(link.href);
}

function isFile(path: string): boolean {
  return path.startsWith("/pages/") || path.startsWith("/images/");
}

type Value = string | number | null | undefined;

/** What is null, undefined or empty is left out. */
function withQuery(path: string, query: Readonly<Record<string, Value | readonly string[]>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const each of values)
      if (each !== null && each !== undefined && each !== "") parameters.append(name, String(each));
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

const runPath = (run: string) => `/runs/${encodeURIComponent(run)}`;

export interface RunView {
  metric?: readonly string[];
  with?: readonly string[];
  x?: string | null;
}

export interface EpisodeView {
  /** From 1. */
  step?: number;
  colour?: string | null;
}

export interface CompareView extends EpisodeView {
  run: string;
  episode: number;
  right?: string | null;
  /** Which of the left and of the right run's encounters, from 1. */
  left?: number | null;
  match?: number | null;
}

/** Addresses of the viewer's pages. */
export const to = {
  runs: (query: { q?: string } = {}) => withQuery("/", query),
  run: (run: string, view: RunView = {}) => withQuery(runPath(run), { ...view }),
  episodes: (run: string, filters: Readonly<Record<string, Value>> = {}) =>
    withQuery(`${runPath(run)}/episodes`, filters),
  episode: (run: string, number: number, view: EpisodeView = {}) =>
    withQuery(`${runPath(run)}/episodes/${number}`, { ...view }),
  compare: (view: CompareView) => withQuery("/compare", { ...view }),
  page: (run: string, kind: string) => `/pages/${encodeURIComponent(run)}/${kind}/index.html`,
};

/** Addresses of what pages are made from. */
export const api = {
  runs: () => "/api/runs",
  run: (run: string) => `/api${runPath(run)}`,
  curves: (run: string, metrics: readonly string[]) => withQuery(`/api${runPath(run)}/curves`, { metric: metrics }),
  episodes: (run: string, query: URLSearchParams) => `/api${runPath(run)}/episodes?${query}`,
  episode: (run: string, number: number) => `/api${runPath(run)}/episodes/${number}`,
  /** @param first the episode and step, from 0, that is to be shown before others. */
  encounters: (run: string, image: string | null, prompt: string, first: { episode: number; step: number } | null) =>
    withQuery(`/api${runPath(run)}/encounters`, { image, prompt, ...first }),
  /** @param name as the run has it, such as `images/3f….png`. */
  image: (run: string, name: string) => `/images/${encodeURIComponent(run)}/${name.replace(/^images\//, "")}`,
};
