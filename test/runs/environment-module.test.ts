import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { environmentIds } from "../../ts/environments/registry.ts";
import { ConfigError, RunFolderError } from "../../ts/errors.ts";
import { evaluateRun } from "../../ts/evaluate-run.ts";
import { recordedModule } from "../../ts/runs/environment-module.ts";
import { RunFolder } from "../../ts/runs/run-folder.ts";
import { train } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { writeOwnEnvironment } from "../own-environment.ts";
import { rejection } from "../rejection.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("a run in an environment of one's own", () => {
  const path = temporaryFolder();
  before(() => writeFileSync(path("package.json"), '{"type": "module"}'));

  /** A run as another process left it: its environment is not known here, whatever this process has imported. */
  function writeRun(
    name: string,
    { id, fromRun, fromHere }: { id: string; fromRun: string; fromHere: string },
  ): string {
    const directory = path(name);
    mkdirSync(path(name, "checkpoints", "final", "worker"), { recursive: true });
    const experiment = { ...smallExperiment(), environment: { id, settings: {} } };
    writeFileSync(
      path(name, "config.json"),
      JSON.stringify({
        method: "CoSo",
        experiment,
        revision: null,
        versions: {},
        environmentModule: { fromRun, fromWorkingDirectory: fromHere },
      }),
    );
    return directory;
  }

  const evaluated = (directory: string) =>
    evaluateRun(directory, { checkpoint: "final", episodes: 2, startWorker: starting(numberLineWorker()) });

  it("records the module, as seen from the run and from the working directory", async () => {
    const file = path("environments", "recorded.ts");
    writeOwnEnvironment(file, "own-recorded");
    await import(pathToFileURL(file).href);
    const environment = { id: "own-recorded" };
    const experiment = smallExperiment({ environment, iterations: 1, evaluation: { episodes: 2 } });
    await train(experiment, { directory: path("runs", "recorded"), startWorker: starting(numberLineWorker()) });
    const { environmentModule, versions } = JSON.parse(readFileSync(path("runs", "recorded", "config.json"), "utf8"));
    expect(environmentModule).to.deep.equal({
      fromRun: "../../environments/recorded.ts",
      fromWorkingDirectory: relative(process.cwd(), file),
    });
    expect(versions).to.have.property("node");
    expect((await evaluated(path("runs", "recorded"))).episodes).to.equal(2);
  });

  it("records nothing for an environment of the package", () => {
    expect(recordedModule(new RunFolder(path("any")), "numberline")).to.deep.equal({});
  });

  it("finds it again in another process, from the run folder or from the working directory", async () => {
    for (const [id, from] of [
      ["own-by-run", { fromRun: "../environments/own-by-run.ts", fromHere: "absent.ts" }],
      [
        "own-by-cwd",
        { fromRun: "absent.ts", fromHere: relative(process.cwd(), path("environments", "own-by-cwd.ts")) },
      ],
    ] as const) {
      writeOwnEnvironment(path("environments", `${id}.ts`), id);
      const directory = writeRun(id, { id, ...from });
      expect(environmentIds()).not.to.include(id);
      expect((await evaluated(directory)).episodes).to.equal(2);
      expect(environmentIds()).to.include(id);
    }
  });

  it("is refused in a project of CommonJS, which would see two copies of this package", async () => {
    mkdirSync(path("commonjs"));
    writeFileSync(path("commonjs", "package.json"), '{"type": "commonjs"}');
    writeOwnEnvironment(path("commonjs", "own.ts"), "own-commonjs");
    const error = await rejection(
      evaluated(writeRun("in-commonjs", { id: "own-commonjs", fromRun: "../commonjs/own.ts", fromHere: "own.ts" })),
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.include("own.ts: expected an ES module").and.include("npm pkg set type=module");
  });

  it("says where it was and how to mend it when it is gone, or is another one", async () => {
    const from = { fromRun: "../environments/moved.ts", fromHere: "moved.ts" };
    const directory = writeRun("moved", { id: "own-moved", ...from });
    const gone = await rejection(evaluated(directory));
    expect(gone).to.be.instanceOf(RunFolderError);
    expect(gone.message).to.include(`its environment \`own-moved\` was defined in ${path("environments", "moved.ts")}`);
    expect(gone.message).to.include(`correct \`environmentModule\` in ${path("moved", "config.json")}`);
    writeOwnEnvironment(path("environments", "moved.ts"), "own-another");
    const other = await rejection(evaluated(directory));
    expect(other).to.be.instanceOf(RunFolderError);
    expect(other.message).to.include("moved.ts, which defines no environment of that id");
  });
});
