import { installCommand } from "../../../processes/installation.ts";

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
    mend: installCommand("python/requirements-alfworld.txt"),
  },
  thor: {
    name: "ALFWorld's visual worlds",
    mend: installCommand("python/requirements-alfworld.txt", "python/requirements-thor.txt"),
  },
};
