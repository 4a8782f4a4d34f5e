import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../api.ts";

/** What the server told, with what went wrong since. */
export interface Resource<T> {
  data: T | null;
  error: string | null;
}

const REFRESH_MS = 2000;

const nothing = { data: null, error: null };

/** What is at `url`, asked for again and again while the page is looked at; what was there stays until its successor comes. */
export function useResource<T>(url: string | null): Resource<T> {
  const [resource, setResource] = useState<Resource<T>>(nothing);
  useEffect(() => {
    if (url === null) {
      setResource(nothing);
      return;
    }
    const leaving = new AbortController();
    let version: string | null = null;
    let timer = 0;
    const ask = async () => {
      try {
        const answer = await fetch(url, { signal: leaving.signal, cache: "no-cache" });
        const found = answer.headers.get("etag");
        if (!answer.ok) {
          const { error } = (await answer.json()) as Failure;
          setResource({ data: null, error });
          version = null;
        } else if (found === null || found !== version) {
          setResource({ data: (await answer.json()) as T, error: null });
          version = found;
        }
      } catch {
        if (leaving.signal.aborted) return;
        version = null;
        setResource(({ data }) => ({ data, error: "The viewer does not answer; was it closed?" }));
      }
      if (!leaving.signal.aborted) timer = setTimeout(askIfSeen, REFRESH_MS);
    };
    const askIfSeen = () => {
      if (document.hidden) timer = setTimeout(askIfSeen, REFRESH_MS);
      else void ask();
    };
    void ask();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [url]);
  return resource;
}

/** Several at once, by their address. */
export function useResources<T>(urls: readonly string[]): ReadonlyMap<string, T> {
  const [found, setFound] = useState<ReadonlyMap<string, T>>(new Map());
  const key = urls.join("\n");
  useEffect(() => {
    const wanted = key.split("\n").filter((url) => url !== "");
    const leaving = new AbortController();
    let versions = "";
    let timer = 0;
    const ask = async () => {
      const answers = await Promise.all(wanted.map((url) => fetch(url, { signal: leaving.signal, cache: "no-cache" })));
      const present = answers.map(({ headers }) => headers.get("etag")).join("\n");
      if (present === versions) return;
      const told = await Promise.all(
        answers.map(async (answer, place) =>
          answer.ok ? [[wanted[place] ?? "", (await answer.json()) as T] as const] : [],
        ),
      );
      setFound(new Map(told.flat()));
      versions = present;
    };
    const askOn = async () => {
      // What fails now is asked for again; the page's other questions tell why.
      if (!document.hidden) await ask().catch(() => undefined);
      if (!leaving.signal.aborted) timer = setTimeout(askOn, REFRESH_MS);
    };
    void askOn();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return found;
}
