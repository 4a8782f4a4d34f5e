import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A PATH in which `node` runs fake trials (fake-trial.ts), whatever program it is told to run. */
export function pathWithFakeTrials(folder: string): string {
  const words = [process.execPath, `--import=${import.meta.resolve("tsx")}`, trialProgram];
  return pathWithNode(folder, `exec ${words.map((word) => `'${word}'`).join(" ")} "$@"`);
}

/** The same, of trials that train nothing: they take TRIAL_SECONDS, leave a word in their folder, and end with TRIAL_CODE. */
export function pathWithEmptyTrials(folder: string): string {
  return pathWithNode(
    folder,
    `while [ "$1" != --out ]; do shift; done
sleep "\${TRIAL_SECONDS:-0}"
mkdir -p "$2" && echo here > "$2/word"
[ "\${TRIAL_CODE:-0}" = 0 ] || printf 'progress …\\nGuardError: it left its bounds\\n  and more\\n'
exit "\${TRIAL_CODE:-0}"`,
  );
}

function pathWithNode(folder: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "node"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${folder}${delimiter}${process.env.PATH ?? ""}`;
}

const trialProgram = fileURLToPath(new URL("./fake-trial.ts", import.meta.url));
