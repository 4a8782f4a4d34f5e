import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { hostEnvironment, hostPython } from "../../../ts/environments/alfworld/hosts/python.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const INSTALL = ".venv/bin/pip install --no-deps -r python/requirements-alfworld.txt -r python/requirements-thor.txt";
const PYTHON_TESTS = fileURLToPath(new URL("../../../python/tests", import.meta.url));

/** A machine as visual worlds want it, but for a Unity that is scripted (`python/tests/scripted_unity`). */
export interface ThorMachine {
  /** The home folder, in which ai2thor looks for its build. */
  readonly home: string;
  /** A game of each type, in the form of the official data. */
  readonly data: string;
}

/** A `describe` on such a machine, which this process is while its tests run; skipped in words without ai2thor. */
export function describeWithThor(title: string, tests: (machine: () => ThorMachine) => void): void {
  const { status } = spawnSync(hostPython(), ["-c", "import alfworld, textworld, ai2thor.controller"], {
    env: { ...process.env, ...hostEnvironment() },
  });
  describe(title, () => {
    if (status !== 0) {
      it.skip(`(ai2thor is not installed: ${INSTALL})`);
      return;
    }
    const folder = temporaryFolder();
    const outside = { HOME: process.env.HOME, PATH: process.env.PATH, DISPLAY: process.env.DISPLAY };
    let display: Server | undefined;
    before(async function () {
      this.timeout(60_000);
      await execa(hostPython(), ["-m", "scripted_unity.machine", folder("machine")], {
        env: { ...hostEnvironment(), PYTHONPATH: pathOf(PYTHON_TESTS, hostEnvironment().PYTHONPATH) },
      });
      display = await listening();
      const address = display.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      process.env.HOME = folder("machine");
      process.env.PATH = pathOf(folder("machine", "bin"), outside.PATH);
      process.env.DISPLAY = `127.0.0.1:${port - 6000}`;
    });
    after(() => {
      display?.close();
      for (const [name, value] of Object.entries(outside)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    tests(() => ({ home: folder("machine"), data: folder("machine", "data") }));
  });
}

/** Somebody at the port of a display; no picture is ever drawn there. */
function listening(): Promise<Server> {
  const server = createServer((socket) => socket.end());
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function pathOf(...folders: readonly (string | undefined)[]): string {
  return folders.filter((each) => each !== undefined).join(delimiter);
}
