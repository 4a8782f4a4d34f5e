import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { WRITTEN_PAGES } from "../api.ts";
import { absent } from "../reading/growing-lines.ts";
import type { ViewedRun } from "../reading/viewed-run.ts";

/** Files of a run that are handed out as they are: images by their hash, and the pages that other commands wrote. */

const IMAGE_NAME = /^[0-9a-f]{64}\.png$/;

/** Undefined for a name that is no image of the run. */
export async function imageFile(run: ViewedRun, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return IMAGE_NAME.test(name) ? contentOf(join(run.directory, "images"), name) : undefined;
}

const PAGE_FILE = /^(?:figures\/)?[A-Za-z0-9_-]+\.[a-z]+$/;
const PAGE_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".md": "text/plain; charset=utf-8",
  ".csv": "text/plain; charset=utf-8",
  ".json": "application/json",
};
/** They have no scripts; images and style are within them. */
export const WRITTEN_POLICY =
  "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export interface PageFile {
  content: Uint8Array<ArrayBuffer>;
  type: string;
}

/** Undefined for what belongs to no page. */
export async function pageFile(run: ViewedRun, kind: string, path: string): Promise<PageFile | undefined> {
  const type = PAGE_TYPES[extname(path)];
  const folder = WRITTEN_PAGES.find((each) => each === kind);
  if (folder === undefined || type === undefined || !PAGE_FILE.test(path)) return undefined;
  const content = await contentOf(join(run.directory, folder), path);
  return content && { content, type };
}

/** Of a file that lies in the folder itself: a link that leads out of it is not followed. */
async function contentOf(folder: string, path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const [within, file] = await Promise.all([
    realpath(folder).catch(absent),
    realpath(join(folder, path)).catch(absent),
  ]);
  if (within === undefined || file === undefined || !file.startsWith(within + sep)) return undefined;
  const content = await readFile(file).catch(absent);
  return content && new Uint8Array(content);
}
