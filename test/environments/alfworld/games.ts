import { spawnSync } from "node:child_process";
import { generateGames } from "../../../ts/environments/alfworld/generation.ts";
import { hostEnvironment, hostPython } from "../../../ts/environments/alfworld/hosts/python.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const INSTALL = ".venv/bin/pip install --no-deps -r python/requirements-alfworld.txt";

/** A `describe` with a folder of games, a small one of every type in two splits; skipped in words without alfworld. */
export function describeWithGames(title: string, tests: (data: () => string) => void): void {
  const { status } = spawnSync(hostPython(), ["-c", "import alfworld, textworld, fast_downward"], {
    env: { ...process.env, ...hostEnvironment() },
  });
  describe(title, () => {
    if (status !== 0) {
      it.skip(`(alfworld is not installed: ${INSTALL})`);
      return;
    }
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
