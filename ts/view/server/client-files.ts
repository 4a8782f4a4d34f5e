import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { customProperties, DARK, LIGHT } from "../../report/figures/colours.ts";

/** What the page consists of beside its markup. */
export interface ClientFiles {
  script: string;
  style: string;
}

/** Bundles the page's own code and the libraries that it uses, in this process: nothing is fetched, nothing is written. */
export async function clientFiles(): Promise<ClientFiles> {
  const entry = (name: string) => fileURLToPath(new URL(`../client/${name}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { page: entry("main.tsx"), style: entry("style.css") },
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
  return { script: textOf(".js"), style: `${palette()}\n${textOf(".css")}` };
}

/** The report's colours, which stay apart for colour-blind eyes. */
function palette(): string {
  return [
    `:root { ${customProperties(LIGHT)} }`,
    `@media (prefers-color-scheme: dark) { :root { ${customProperties(DARK)} } }`,
  ].join("\n");
}
