import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { customProperties, DARK, LIGHT } from "../../report/figures/colours.ts";

/** What the page consists of beside its markup. */
export interface ClientFiles {
  script: string;
  style: string;
}

/** Names of the bundles in the package, where the page's folder has them in place of its sources. */
export const BUNDLES = { script: "page.js", style: "style.css" } as const;

/** Those of the package, or bundled here from the checkout's sources. */
export async function clientFiles(): Promise<ClientFiles> {
  const folder = fileURLToPath(new URL("../client/", import.meta.url));
  const isBuilt = existsSync(join(folder, BUNDLES.script));
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const { script, style } = isBuilt
    ? { script: read(BUNDLES.script), style: read(BUNDLES.style) }
    : await bundleClient(folder);
  return { script, style: `${palette()}\n${style}` };
}

/** Bundles the page's own code and the libraries that it uses, in this process: nothing is fetched, nothing is written. */
export async function bundleClient(folder: string): Promise<ClientFiles> {
  const { outputFiles } = await build({
    entryPoints: { page: join(folder, "main.tsx"), style: join(folder, "style.css") },
    outdir: "/",
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    tsconfigRaw: {},
    logLevel: "silent",
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return { script: textOf(".js"), style: textOf(".css") };
}

/** The report's colours, which stay apart for colour-blind eyes. */
function palette(): string {
  return [
    `:root { ${customProperties(LIGHT)} }`,
    `@media (prefers-color-scheme: dark) { :root { ${customProperties(DARK)} } }`,
  ].join("\n");
}
