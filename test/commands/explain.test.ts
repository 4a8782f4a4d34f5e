import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { explainCommand } from "../../ts/commands/explain.ts";
import { Interrupted, Interruption } from "../../ts/commands/interruption.ts";
import type { ExperimentInput } from "../../ts/config.ts";
import { ConfigError, RunFolderError } from "../../ts/errors.ts";
import { explainRuns } from "../../ts/explanation/explain-runs.ts";
import { silentProgress } from "../../ts/progress.ts";
import { train } from "../../ts/train.ts";
import type { StartWorker } from "../../ts/training/open.ts";
import type { FakeWorker } from "../fake-worker.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("coso explain", () => {
  const path = temporaryFolder();
  let worker: FakeWorker;

  before(async () => {
    await trained("coso");
    await trained("rl", { entropy: { kind: "none" }, scm: null });
    await trained("lift", { environment: { id: "elevator" } });
  });

  beforeEach(() => {
    worker = numberLineWorker({ invalidRate: 0.3 });
  });

  async function trained(name: string, changes: Partial<ExperimentInput> = {}): Promise<void> {
    const experiment = smallExperiment({ iterations: 2, evaluation: { episodes: 4 }, ...changes });
    await train(experiment, { directory: path(name), startWorker: starting(numberLineWorker()) });
  }

  async function explain(args: readonly string[], startWorker: StartWorker = starting(worker)): Promise<string> {
    let output = "";
    const command = explainCommand(new Interruption(() => {}), {
      startWorker,
      progress: silentProgress,
    }).exitOverride();
    command.configureOutput({
      writeOut: (text) => {
        output += text;
      },
      writeErr: () => {},
    });
    await command.parseAsync([...args], { from: "user" });
    return output;
  }

  const refusal = async (...args: string[]): Promise<unknown> => explain(args).then(String, (error: unknown) => error);
  const stateFile = (name: string, content: unknown): string => {
    writeFileSync(path(name), JSON.stringify(content));
    return path(name);
  };

  describe("without a state", () => {
    it("weighs as many held-out utterances as asked for by the run's SCM and by f^parse", async () => {
      const { runs, written } = JSON.parse(await explain([path("coso"), "--utterances", "20", "--json"]));
      expect(runs).to.have.length(1);
      const [run] = runs;
      expect(run).to.deep.include({ environment: "numberline", method: "CoSo", utterances: 20, checkpoint: "final" });
      expect(run.weights).to.include({ kind: "weighed", method: "paper" });
      // The fake SCM weighs the piece with the action 0.9, whatever that does to the parse, and any other 0.05.
      expect(run.weights.spread.shareUnder02).to.be.closeTo(1 - run.weights.spread.shareCritical, 1e-12);
      expect(run.weights.agreement.tokens).to.equal(run.exact.spread.tokens);
      expect(run.weights.agreement).to.include({ recall: 1, precision: 1 });
      expect(run.weights.agreement.auc.value).to.equal(1);
      expect(run.weights.prediction).to.include({ utterances: 20, accuracy: 1, calibrationError: 0 });
      expect(run.invalid).to.be.within(1, 19);
      const lines = readFileSync(path("coso", "explanation", "utterances.jsonl"), "utf8")
        .trim()
        .split("\n");
      const invalid = lines.filter((line) => JSON.parse(line).outcome.kind === "invalid");
      expect([lines.length, invalid.length]).to.deep.equal([20, run.invalid]);
      expect(written[0]).to.equal(path("coso", "explanation", "index.html"));
      for (const file of written) expect(existsSync(file), file).to.equal(true);
      for (const figure of ["weights", "weights-normalised", "heat-maps"]) {
        for (const ending of [".svg", ".png", "-dark.png"]) {
          expect(written).to.include(path("coso", "explanation", "figures", figure + ending));
        }
      }
    });

    it("asks φ as the checkpoint holds it, in one fresh worker", async () => {
      await explain([path("coso"), "--utterances", "5"]);
      expect(worker.paramsOf("build")[0]?.scm).to.not.equal(null);
      const directory = path("coso", "checkpoints", "final", "worker");
      expect(worker.paramsOf("load")).to.deep.equal([{ directory, images: null }]);
    });

    it("samples whole episodes, the same for the same seed", async () => {
      const [one, again, other] = await Promise.all(
        [1, 1, 2].map(async (seed) => {
          const [run] = await explainRuns([path("coso")], {
            checkpoint: "final",
            size: { kind: "episodes", count: 6 },
            seed,
            exact: { window: 1, replacements: { null: true, delete: false, sampled: 0 } },
            startWorker: starting(numberLineWorker()),
          });
          return run?.explanation;
        }),
      );
      expect(again).to.deep.equal(one);
      expect(one?.episodes).to.equal(6);
      expect(other?.exact.spread).to.not.deep.equal(one?.exact.spread);
    });

    it("tells how well φ does on each factor of an action", async () => {
      const [run] = JSON.parse(await explain([path("lift"), "--utterances", "4", "--json"])).runs;
      expect(run.weights.prediction.factors).to.deep.equal({ command: 1, direction: 1, floors: 1 });
    });

    it("passes replacements and temperature on", async () => {
      const args = [path("coso"), "--utterances", "4", "--delete", "--sampled", "3", "--temperature", "1.5", "--json"];
      const [run] = JSON.parse(await explain(args)).runs;
      expect(run.exact.replacements).to.deep.equal({ null: true, delete: true, sampled: 3 });
      expect(worker.paramsOf("act").map(({ temperature }) => temperature))
        .to.include(1.5)
        .and.not.include(0.5);
      expect(worker.paramsOf("readTokens").map(({ alternatives }) => alternatives)).to.include(3);
    });

    it("has exact weights alone for a run without causal weights, and says so", async () => {
      const output = await explain([path("rl"), "--utterances", "6"]);
      expect(output).to.include("exact weights only, because RL uses no causal weights");
      expect(output).to.include("exact").and.not.include("ROC-AUC");
      const page = readFileSync(path("rl", "explanation", "index.html"), "utf8");
      expect(page).to.include("Exact weights only").and.not.include("NaN");
      expect(worker.paramsOf("weigh")).to.have.length(0);
    });

    it("says so, too, where a checkpoint was written without its SCM", async () => {
      cpSync(path("coso"), path("old"), { recursive: true });
      writeFileSync(path("old", "checkpoints", "final", "worker", "worker.json"), '{"parts": "agent", "skill": 1}');
      expect(await explain([path("old"), "--utterances", "3"])).to.include("checkpoint final holds no SCM");
    });

    it("puts several runs into one table, one page, beside the paper's figures", async () => {
      const output = await explain([path("coso"), path("rl"), "--utterances", "6", "--out", path("both")]);
      expect(output).to.match(/coso +numberline +SCM .*\n +coso +numberline +exact .*\n +rl +numberline +exact /);
      expect(output).to.match(/paper .*> 80 % +< 10 %/);
      expect(existsSync(path("both", "figures", "run-2-weights.png"))).to.equal(true);
    });
  });

  describe("at a state", () => {
    it("samples all runs at that state, and tells actions, format errors and entropies", async () => {
      const state = stateFile("start.json", { reset: { options: { current: 4, target: 1 } } });
      const args = [path("coso"), path("rl"), "--state", state, "--samples", "12", "--out", path("sampled"), "--json"];
      const { runs, written } = JSON.parse(await explain(args));
      expect(runs.map((run: { method: string }) => run.method)).to.deep.equal(["CoSo", "RL"]);
      for (const { statistics, samples } of runs) {
        expect(samples).to.have.length(12);
        const valid = samples.filter(({ outcome }: { outcome: { kind: string } }) => outcome.kind === "action");
        expect(statistics.validShare).to.be.closeTo(valid.length / 12, 1e-12);
        expect(statistics.validShare).to.be.within(0.1, 0.95);
        expect(statistics.actionEntropy).to.be.within(0.1, Math.log(3));
        // The fake policy has 0.5 nats a token, and under a white corner a log-prob of −0.355.
        expect(statistics.utteranceEntropy / statistics.logProb).to.be.closeTo(-0.5 / 0.355, 1e-6);
      }
      expect(worker.paramsOf("act").map(({ observations }) => observations.prompts.length)).to.deep.equal([12, 12]);
      const page = readFileSync(written[0], "utf8");
      expect(page).to.include("✗ No action · no action key · not valid JSON").and.include("<mark>");
      expect(written).to.include(path("sampled", "figures", "samples-dark.png"));
    });

    it("tells people in a table, a row a run", async () => {
      const state = stateFile("middle.json", { state: { current: 4, target: 1, steps: 2 } });
      const output = await explain([path("rl"), "--state", state]);
      expect(output)
        .to.match(/\n +rl +RL +10 +/)
        .and.match(/\npage: .*rl\/samples\/index\.html\n$/);
    });

    it("refuses runs of different environments before a worker is started", async () => {
      const state = stateFile("any.json", { reset: {} });
      const error = await refusal(path("coso"), path("lift"), "--state", state);
      expect(error).to.be.instanceOf(ConfigError);
      expect(String(error)).to.include("one environment").and.include("elevator").and.include("numberline");
      expect(worker.calls).to.have.length(0);
    });

    it("names an unknown key of the state and what the environment takes", async () => {
      const error = await refusal(path("rl"), "--state", stateFile("odd.json", { reset: { options: { curent: 1 } } }));
      expect(String(error)).to.include("odd.json").and.include("curent").and.include("{current?, target?}");
    });
  });

  it("names the folder and the mend where there is no run, or no such checkpoint", async () => {
    const nothing = await refusal(path("nowhere"));
    expect(nothing).to.be.instanceOf(RunFolderError);
    expect(String(nothing)).to.include(path("nowhere")).and.include("coso train");
    const checkpoint = await refusal(path("coso"), "--checkpoint", "best");
    expect(checkpoint).to.be.instanceOf(RunFolderError);
    expect(String(checkpoint)).to.include("final").and.include("--checkpoint");
  });

  it("refuses options that do not go together", async () => {
    for (const args of [
      ["--episodes", "3", "--utterances", "3"],
      ["--samples", "3"],
      ["--state", "state.json", "--episodes", "3"],
    ]) {
      expect(await refusal(path("coso"), ...args)).to.be.instanceOf(ConfigError);
    }
    expect(String(await refusal(path("coso"), "--temperature", "0"))).to.include("above 0");
  });

  it("stops at Ctrl-C without writing anything", async () => {
    const stopping = numberLineWorker({
      beforeCall: (method) => {
        if (method === "act") process.emit("SIGINT");
      },
    });
    const out = path("stopped");
    const error = await explain([path("coso"), "--out", out], starting(stopping)).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Interrupted);
    expect(existsSync(out)).to.equal(false);
  });

  it("explains itself by examples", async () => {
    let help = "";
    const command = explainCommand(new Interruption(() => {}));
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    expect(help).to.include("coso explain runs/quickstart-seed0").and.include('{"reset": {"seed": 0');
  });

  it("fails as a process with one readable line", async () => {
    const failing = await execa("node", ["bin/coso.mjs", "explain", path("nowhere")], { reject: false });
    expect(failing.exitCode).to.equal(1);
    expect(failing.stderr).to.include("RunFolderError:").and.not.include("    at ");
  });
});
