import { spawnSync } from "node:child_process";
import { generateGames } from "../../../ts/environments/alfworld/generation.ts";
import { hostEnvironment, hostPython } from "../../../ts/environments/alfworld/hosts/python.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const INSTALL = ".venv/bin/pip install --no-deps -r python/requirements-alfworld.txt";

/** A `describe` that is skipped in words where alfworld is not installed. */
export function describeWithAlfworld(title: string, tests: () => void): void {
  const { status } = spawnSync(hostPython(), ["-c", "import alfworld, textworld, fast_downward"], {
    env: { ...process.env, ...hostEnvironment() },
  });
  describe(title, () => {
    if (status === 0) tests();
    else it.skip(`(alfworld is not installed: ${INSTALL})`);
  });
}

/** The same with a folder of games, a small one of every type in two splits. */
export function describeWithGames(title: string, tests: (data: () => string) => void): void {
  describeWithAlfworld(title, () => {
    const folder = temporaryFolder();
    before(async function () {
      this.timeout(120_000);
      await generateGames({
        root: folder("data"),
        splits: ["train", "valid_unseen"],
        games: 6,
        seed: 0,
        size: "small",
        jobs: 2,
      });
    });
    tests(() => folder("data"));
  });
}
