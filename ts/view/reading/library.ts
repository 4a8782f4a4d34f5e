import { basename, join, relative, resolve } from "node:path";
import { findRunFolders } from "../../report/find-runs.ts";
import { ViewedRun } from "./viewed-run.ts";

/** Looking for new folders more often than this would help nobody. */
const RESCAN_MS = 1500;

/** All runs within a folder, new ones as they appear. */
export class Library {
  readonly root: string;
  readonly #runs = new Map<string, ViewedRun>();
  #scanned = Number.NEGATIVE_INFINITY;
  #scanning: Promise<void> | undefined;

  /** @param root a folder of run folders, or a run folder itself. */
  constructor(root: string) {
    this.root = resolve(root);
  }

  /** In natural order of their paths. */
  async runs(): Promise<readonly ViewedRun[]> {
    await this.#refresh();
    return [...this.#runs.values()];
  }

  /** Only what was found below the root has an id, so an id can name nothing else. */
  async run(id: string): Promise<ViewedRun | undefined> {
    if (!this.#runs.has(id)) await this.#refresh();
    return this.#runs.get(id);
  }

  async #refresh(): Promise<void> {
    if (performance.now() - this.#scanned < RESCAN_MS) return;
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = undefined;
    });
    await this.#scanning;
  }

  async #scan(): Promise<void> {
    const directories = await findRunFolders(this.root);
    const found = directories.map((directory) => {
      const id = relative(this.root, directory).replaceAll("\\", "/") || basename(this.root);
      return this.#runs.get(id) ?? new ViewedRun(id, join(directory));
    });
    this.#runs.clear();
    for (const run of found) this.#runs.set(run.id, run);
    this.#scanned = performance.now();
  }
}
