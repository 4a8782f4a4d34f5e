import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const own = (path: string): string => JSON.stringify(pathToFileURL(fileURLToPath(new URL(path, import.meta.url))).href);

/**
 * Writes a file that defines an environment as a user's would: NumberLine under another id, so that what answers
 * NumberLine's tests answers here too.
 */
export function writeOwnEnvironment(file: string, id: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `import { defineEnvironment } from ${own("../ts/index.ts")};
import { numberLine } from ${own("../ts/environments/numberline/numberline.ts")};

export const own = defineEnvironment({
  ...numberLine,
  module: import.meta.url,
  id: ${JSON.stringify(id)},
  create: (settings) => {
    const right = numberLine.create(settings);
    return Object.assign(Object.create(right), {
      spec: { ...right.spec, id: ${JSON.stringify(id)} },
      reset: (request) => right.reset(request),
      step: (action) => right.step(action),
      parse: (utterance, observation) => right.parse(utterance, observation),
      state: () => right.state(),
      restore: (state) => right.restore(state),
    });
  },
});
`,
  );
}
