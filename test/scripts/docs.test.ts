import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** `path/to/file.ts` or `path/to/file.ts:name` between backticks; experiments of the reader's own are no such paths. */
const NAMED = /`((?:ts|python|test|scripts|experiments|docs)\/[\w./-]+\.(?:ts|py|mjs|json|toml|md))(?::(\w+))?`/g;
const LINK = /\]\((?!https?:)([^)#]+)[^)]*\)/g;

describe("documentation", () => {
  for (const page of PAGES) {
    it(`${page} names only files, functions and classes that exist`, () => {
      const text = readFileSync(join(ROOT, page), "utf8");
      const stale = [...text.matchAll(NAMED)]
        .filter(([, path = "", name]) => !isDefined(path, name))
        .map(([whole]) => whole);
      expect(stale).to.deep.equal([]);
    });

    it(`${page} links only to files that exist`, () => {
      const text = readFileSync(join(ROOT, page), "utf8");
      const targets = [...text.matchAll(LINK)].map(([, target = ""]) => target);
      const broken = targets.filter((target) => !existsSync(resolve(ROOT, dirname(page), target)));
      expect(broken).to.deep.equal([]);
    });
  }
});

function isDefined(path: string, name: string | undefined): boolean {
  const file = join(ROOT, path);
  if (!existsSync(file)) return false;
  if (name === undefined) return true;
  return new RegExp(`(?:function|class|interface|const|def|type) ${name}\\b`).test(readFileSync(file, "utf8"));
}
