import { spawnSync } from "node:child_process";

/** A `describe` that is skipped in words where there is no browser, or no pages of MiniWoB++. */
export function describeWithMiniwob(title: string, tests: () => void): void {
  const browser = spawnSync("chromium", ["--version"]);
  const pages = spawnSync(".venv/bin/python", [
    "-c",
    "import importlib.util as u; exit(u.find_spec('miniwob') is None)",
  ]);
  describe(title, function () {
    this.timeout(300_000);
    if (browser.status !== 0) it.skip("(chromium is not installed: apt-get install chromium)");
    else if (pages.status !== 0)
      it.skip("(no miniwob: .venv/bin/pip install --no-deps -r python/requirements-miniwob.txt)");
    else tests();
  });
}
