/** - `text`: textworld's games · `thor`: AI2-THOR's rooms, a Unity a world */
export type WorldsKind = "text" | "thor";

interface Words {
  readonly name: string;
  /** What installs a Python package that they lack. */
  readonly mend: string;
}

export const WORDS: Readonly<Record<WorldsKind, Words>> = {
  text: {
    name: "ALFWorld's text worlds",
    mend: ".venv/bin/pip install --no-deps -r python/requirements-alfworld.txt",
  },
  thor: {
    name: "ALFWorld's visual worlds",
    mend: ".venv/bin/pip install --no-deps -r python/requirements-alfworld.txt -r python/requirements-thor.txt",
  },
};
