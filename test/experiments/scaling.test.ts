import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { readCalibration } from "../../experiments/scaling/calibration.ts";
import { Clock } from "../../experiments/scaling/clock.ts";
import { type Costs, costsOf, type EngineCosts, type TrainerCosts } from "../../experiments/scaling/costs.ts";
import { type Distribution, draw } from "../../experiments/scaling/distribution.ts";
import { KNOBS, sensitivity } from "../../experiments/scaling/knobs.ts";
import { MODES, type Mode, type Scale, simulate } from "../../experiments/scaling/simulation.ts";
import { ConfigError, RandomStream } from "../../ts/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const CALIBRATION = fileURLToPath(new URL("../../experiments/scaling/calibrations/h100.json", import.meta.url));

const constant = (mean: number): Distribution => ({ kind: "constant", mean });

/** Everything constant: 4 tokens an utterance, a prompt of 10, and costs that are easy to add up. */
function costs(
  changes: {
    engine?: Partial<EngineCosts>;
    trainer?: Partial<TrainerCosts>;
    step?: Distribution;
    reset?: Distribution;
    utterance?: Distribution;
    runsOn?: "core" | "own";
  } & Partial<Pick<Costs, "leader" | "coresPerGpu" | "handOver">> = {},
): Costs {
  const { leader = 0, coresPerGpu = 1, handOver = 0 } = changes;
  return {
    leader,
    coresPerGpu,
    handOver,
    utteranceTokens: changes.utterance ?? constant(4),
    environment: {
      step: changes.step ?? constant(0),
      reset: changes.reset ?? constant(0),
      episodeSteps: 3,
      runsOn: changes.runsOn ?? "own",
      promptTokens: null,
      utteranceTokens: constant(4),
      status: "assumed",
      from: "a test",
    },
    engine: {
      batching: "continuous",
      promptTokens: 10,
      maxNewTokens: 8,
      prompt: 0,
      promptFloor: 0,
      weights: 0,
      cacheToken: 0,
      row: 0,
      issue: 0,
      issuesAhead: true,
      maxRows: 1000,
      cacheTokens: { alone: 1e9, learning: 0 },
      ...changes.engine,
    },
    trainer: {
      learn: 0,
      passFloor: 0,
      microBatch: 1,
      epochs: 1,
      optimiserStepsPerEpoch: 1,
      gradients: 0,
      isSharded: false,
      gather: 0,
      weigh: 0,
      fitScm: 0,
      least: 1,
      ...changes.trainer,
    },
  };
}

function scale(changes: Partial<Scale> = {}): Scale {
  return {
    gpus: 1,
    environments: 8,
    mode: "synchronous",
    staleness: 1,
    trainers: null,
    stepsPerEnvironment: 5,
    ...changes,
  };
}

describe("the scaling model against closed forms", () => {
  it("adds up one GPU: leader, prompts, decode steps, environment, update", () => {
    const engine = { prompt: 0.5, weights: 1, cacheToken: 0.01 };
    const one = costs({
      engine,
      leader: 0.125,
      step: constant(3),
      trainer: { learn: 0.25, epochs: 2, weigh: 0.1, fitScm: 7 },
    });
    // Four decode steps over contexts of 10, 11, 12 and 13 tokens in each of 8 rows.
    const decode = 4 * 1 + 0.01 * 8 * (10 + 11 + 12 + 13);
    const turn = 8 * 0.125 + 8 * 0.5 + decode + 3;
    const update = 40 * (2 * 0.25 + 0.1) + 7;
    const { secondsPerUpdate, stepsPerSecond, shares, rows, leader } = simulate(one, scale(), 0);
    expect(secondsPerUpdate).to.be.closeTo(5 * turn + update, 1e-9);
    expect(stepsPerSecond).to.be.closeTo(40 / (5 * turn + update), 1e-12);
    expect(rows).to.be.closeTo(8, 1e-9);
    const seconds = Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, share * secondsPerUpdate]));
    expect(seconds["wait-environments"]).to.be.closeTo(5 * 3, 1e-9);
    expect(seconds["wait-leader"]).to.be.closeTo(5 * 1, 1e-9);
    expect(seconds.prompts).to.be.closeTo(5 * 4, 1e-9);
    expect(seconds["decode-weights"]).to.be.closeTo(5 * 4, 1e-9);
    expect(seconds["decode-cache"]).to.be.closeTo(5 * (decode - 4), 1e-9);
    expect(seconds.update).to.be.closeTo(20, 1e-9);
    expect(seconds.weigh).to.be.closeTo(11, 1e-9);
    expect(leader).to.be.closeTo(5 / secondsPerUpdate, 1e-12);
  });

  it("takes the longest of issuing, reading and products on a card, and adds issuing on a CPU", () => {
    const bound = (engine: Partial<EngineCosts>) => simulate(costs({ engine }), scale({ stepsPerEnvironment: 1 }), 0);
    expect(bound({ weights: 1, row: 0.1, issue: 0.5 }).secondsPerUpdate).to.be.closeTo(4, 1e-9);
    expect(bound({ weights: 0.5, row: 0.25, issue: 1 }).secondsPerUpdate).to.be.closeTo(8, 1e-9);
    expect(bound({ weights: 0.5, row: 0.1, issue: 1.5 }).shares.issue).to.be.closeTo(1, 1e-9);
    expect(bound({ weights: 0.5, row: 0.25, issue: 1, issuesAhead: false }).secondsPerUpdate).to.be.closeTo(12, 1e-9);
  });

  it("overlaps two groups: one steps while the engine speaks for the other", () => {
    // As `coso bench rollout`: an utterance and a step take as long, and the engine takes one batch at a time.
    const engine = { issue: 0.01, batching: "padded" } as const;
    const alike = costs({ engine, step: constant(0.04) });
    const rules = { environments: 16, stepsPerEnvironment: 20 };
    const one = simulate(alike, scale({ environments: 8, stepsPerEnvironment: 20 }), 0);
    const two = simulate(alike, scale({ ...rules, mode: "halves" }), 0);
    expect(one.stepsPerSecond).to.be.closeTo(8 / 0.08, 1e-9);
    // The second group ends its last turn one utterance after the first.
    expect(two.stepsPerSecond).to.be.closeTo((16 * 20) / (20 * 0.08 + 0.04), 1e-9);
  });

  it("queues for cores, for room in the cache and for a padded batch", () => {
    const onCores = costs({ step: constant(1), runsOn: "core", coresPerGpu: 2 });
    expect(simulate(onCores, scale({ stepsPerEnvironment: 1 }), 0).secondsPerUpdate).to.be.closeTo(4, 1e-9);

    // Room for two rows of 10 + 8 tokens: eight environments take four turns.
    const narrow = costs({ engine: { weights: 1, cacheTokens: { alone: 2 * 18 + 27, learning: 10 } } });
    const { secondsPerUpdate, rows, full } = simulate(narrow, scale({ stepsPerEnvironment: 1 }), 0);
    expect(secondsPerUpdate).to.be.closeTo(4 * 4, 1e-9);
    expect(rows).to.be.closeTo(2, 1e-9);
    expect(full).to.be.closeTo(3 / 4, 1e-9);
  });

  it("is as fast as the slower side when some GPUs speak and others learn", () => {
    const sides = costs({ engine: { row: 0.01, maxRows: 4 }, trainer: { learn: 0.3 } });
    // 4 tokens of 0.01 s for each step on each engine; 0.3 s on each trainer.
    const asynchronous = { mode: "asynchronous", gpus: 4, environments: 32, staleness: 2 } as const;
    expect(simulate(sides, scale({ ...asynchronous, trainers: 3 }), 0).stepsPerSecond).to.be.closeTo(3 / 0.3, 0.3);
    const cheap = costs({ engine: { row: 0.01, maxRows: 4 }, trainer: { learn: 0.001 } });
    expect(simulate(cheap, scale({ ...asynchronous, trainers: 1 }), 0).stepsPerSecond).to.be.closeTo(3 / 0.04, 1);
    // One GPU takes turns.
    const alone = simulate(sides, scale({ ...asynchronous, gpus: 1 }), 0);
    expect(alone.stepsPerSecond).to.be.closeTo(1 / 0.34, 0.05);
    expect(alone.trainers).to.equal(0);
  });

  it("counts gradients around a ring and weights to engines", () => {
    const sent = costs({ trainer: { gradients: 1, epochs: 2, optimiserStepsPerEpoch: 3 }, handOver: 5 });
    expect(simulate(sent, scale({ gpus: 4 }), 0).secondsPerUpdate).to.be.closeTo(6 * 2 * (3 / 4), 1e-9);
    expect(simulate(sent, scale({ gpus: 1 }), 0).secondsPerUpdate).to.be.closeTo(0, 1e-9);
    const handed = simulate(sent, scale({ gpus: 2, mode: "asynchronous", staleness: 0 }), 0);
    expect(handed.secondsPerUpdate).to.be.closeTo(5, 1e-9);
    expect(handed.shares["hand-over"]).to.be.closeTo(1 / 2, 1e-9);
  });
});

const seconds = fc.double({ min: 0.001, max: 1, noNaN: true });
const anyCosts = fc
  .record({
    prompt: seconds,
    weights: seconds,
    cacheToken: fc.double({ min: 0, max: 0.01, noNaN: true }),
    row: fc.double({ min: 0, max: 0.1, noNaN: true }),
    learn: seconds,
    step: fc.constantFrom<Distribution>(
      constant(0.5),
      { kind: "lognormal", mean: 1, deviation: 0.5 },
      { kind: "pareto", mean: 2, shape: 2 },
    ),
    batching: fc.constantFrom("padded" as const, "continuous" as const),
    maxRows: fc.integer({ min: 1, max: 8 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ prompt, weights, cacheToken, row, learn, step, batching, maxRows, seed }) => ({
    seed,
    costs: costs({
      engine: { prompt, weights, cacheToken, row, batching, maxRows },
      trainer: { learn },
      step,
      utterance: { kind: "lognormal", mean: 4, deviation: 0.5 },
    }),
  }));
const environments = fc.integer({ min: 1, max: 12 });
const gpus = fc.integer({ min: 1, max: 5 });
const mode = fc.constantFrom<Mode>(...MODES);
const fewRuns = { numRuns: 30 };

describe("the scaling model, whatever the costs", () => {
  it("gives the same for the same seed, and books every second of every GPU once", () => {
    fc.assert(
      fc.property(anyCosts, environments, gpus, mode, (drawn, many, cards, how) => {
        const at = scale({ environments: many, gpus: cards, mode: how, stepsPerEnvironment: 2 });
        const outcome = simulate(drawn.costs, at, drawn.seed);
        expect(simulate(drawn.costs, at, drawn.seed)).to.deep.equal(outcome);
        const shares = Object.values(outcome.shares);
        expect(Math.min(...shares)).to.be.greaterThan(-1e-9);
        expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-6);
      }),
      fewRuns,
    );
  });

  it("draws otherwise with another seed", () => {
    const drawn = costs({ engine: { weights: 1 }, step: { kind: "pareto", mean: 2, shape: 2 } });
    expect(simulate(drawn, scale(), 1).stepsPerSecond).not.to.equal(simulate(drawn, scale(), 2).stepsPerSecond);
  });

  it("is never slower with twice the GPUs in lockstep, where nothing is sent between them", () => {
    fc.assert(
      fc.property(anyCosts, environments, gpus, (drawn, many, cards) => {
        const wide = { ...drawn.costs, engine: { ...drawn.costs.engine, maxRows: 12 } };
        const at = (count: number) => scale({ environments: many, gpus: count, stepsPerEnvironment: 2 });
        const more = simulate(wide, at(2 * cards), drawn.seed).stepsPerSecond;
        expect(more).to.be.at.least(simulate(wide, at(cards), drawn.seed).stepsPerSecond * (1 - 1e-6));
      }),
      fewRuns,
    );
  });

  it("is never slower in lockstep with a cost halved", () => {
    fc.assert(
      fc.property(
        anyCosts,
        environments,
        gpus,
        fc.constantFrom(...Object.values(KNOBS)),
        (drawn, many, cards, knob) => {
          const wide = { ...drawn.costs, engine: { ...drawn.costs.engine, maxRows: 12 } };
          const at = scale({ environments: many, gpus: cards, stepsPerEnvironment: 2 });
          const turned = simulate(knob(wide), at, drawn.seed).stepsPerSecond;
          expect(turned).to.be.at.least(simulate(wide, at, drawn.seed).stepsPerSecond * (1 - 1e-6));
        },
      ),
      fewRuns,
    );
  });

  it("learns no faster than its learners can, and from nothing older than the bound", () => {
    fc.assert(
      fc.property(anyCosts, environments, gpus, fc.integer({ min: 0, max: 3 }), (drawn, many, cards, staleness) => {
        const at = scale({ environments: many, gpus: cards, mode: "asynchronous", staleness, stepsPerEnvironment: 2 });
        const outcome = simulate(drawn.costs, at, drawn.seed);
        const learners = outcome.trainers === 0 ? cards : outcome.trainers;
        const atMost = learners / drawn.costs.trainer.learn;
        expect(outcome.stepsPerSecond).to.be.at.most(atMost * (1 + 1e-9));
        expect(outcome.staleness?.max).to.be.at.most(staleness);
        if (staleness === 0) expect(outcome.staleness?.discarded).to.equal(0);
      }),
      fewRuns,
    );
  });

  it("overlaps updates with playing once steps may be a version old", () => {
    const balanced = costs({ engine: { row: 0.01, maxRows: 4 }, trainer: { learn: 0.04 } });
    const at = (staleness: number) => scale({ mode: "asynchronous", gpus: 2, environments: 16, staleness });
    const [onPolicy, stale] = [0, 1].map((staleness) => simulate(balanced, at(staleness), 0));
    expect((stale?.stepsPerSecond ?? 0) / (onPolicy?.stepsPerSecond ?? 1)).to.be.within(1.8, 2.05);
    expect(onPolicy?.shares["wait-trainer"]).to.be.closeTo(1 / 4, 0.03);
  });
});

describe("what the scaling model draws and in which order", () => {
  it("draws with the means that it is told", () => {
    const random = new RandomStream(0);
    const kinds: Distribution[] = [
      constant(3),
      { kind: "lognormal", mean: 3, deviation: 0.5 },
      { kind: "pareto", mean: 3, shape: 4 },
    ];
    for (const kind of kinds) {
      const draws = Array.from({ length: 20_000 }, () => draw(kind, random));
      expect(draws.reduce((sum, one) => sum + one, 0) / draws.length).to.be.closeTo(3, 0.06);
      expect(Math.min(...draws)).to.be.greaterThan(0);
    }
  });

  it("lets things happen by time, and those of one moment as they were planned", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), (delays) => {
        const clock = new Clock();
        const happened: [at: number, order: number][] = [];
        delays.forEach((delay, order) => {
          clock.after(delay, () => happened.push([clock.now, order]));
        });
        while (clock.tick());
        const expected = delays.map((delay, order) => [delay, order] as const);
        expected.sort(([one, first], [other, second]) => one - other || first - second);
        expect(happened).to.deep.equal(expected);
      }),
    );
  });
});

describe("a calibration of the scaling model", () => {
  const folder = temporaryFolder();
  const choice = { environment: "gym-cards", engine: "serving", update: "lora", epochs: null } as const;

  it("gives an H100's costs for the paper's policy as the plan counts them", async () => {
    const { engine, trainer } = await costsOf(readCalibration(CALIBRATION), choice);
    // 14.5 GB and 1.6 GB of adapters at 0.7 of 3.35 TB/s.
    expect(engine.weights * 1e3).to.be.within(6, 7.2);
    expect(engine.promptTokens).to.equal(1314);
    // 75 GB without 15.1 and 0.8, at 131,072 bytes a token.
    expect(engine.cacheTokens.alone / 1e3).to.be.within(430, 470);
    expect(engine.cacheTokens.learning).to.be.within(30e3, 80e3);
    expect(trainer).to.include({ epochs: 4, microBatch: 8, least: 1 });
    const full = await costsOf(readCalibration(CALIBRATION), { ...choice, update: "full" });
    expect(full.trainer.least).to.equal(2);
    expect(full.handOver).to.be.greaterThan(5 * (await costsOf(readCalibration(CALIBRATION), choice)).handOver);
  });

  it("says which knob helps: the policy's updates, at the published four epochs", async () => {
    const paper = await costsOf(readCalibration(CALIBRATION), choice);
    const [best] = sensitivity(paper, scale({ environments: 64 }), 0);
    expect(best?.knob).to.equal("updates of the policy");
    expect(best?.speedUp).to.be.within(1.5, 2);
  });

  it("is refused with the file, the field and what was expected", () => {
    const file = join(folder(), "calibration.json");
    expect(() => readCalibration(file)).to.throw(ConfigError, /calibration\.json: cannot be read; .*calibrations/);
    writeFileSync(file, "{");
    expect(() => readCalibration(file)).to.throw(ConfigError, /no valid JSON/);
    const good = readCalibration(CALIBRATION);
    writeFileSync(
      file,
      JSON.stringify({ ...good, card: "h1000", coresPerGpu: { value: 2.5, status: "guessed", from: "" } }),
    );
    expect(() => readCalibration(file)).to.throw(
      ConfigError,
      /at card[\s\S]*coresPerGpu\.value|coresPerGpu\.value[\s\S]*at card/,
    );
  });

  it("names what it has where something else is asked for", async () => {
    const calibration = readCalibration(CALIBRATION);
    const refusal = async (changes: Partial<Parameters<typeof costsOf>[1]>): Promise<string> =>
      costsOf(calibration, { ...choice, ...changes }).then(
        () => "",
        (error: unknown) => (error instanceof ConfigError ? error.message : "not a ConfigError"),
      );
    expect(await refusal({ environment: "moon" })).to.match(/--environment: expected one of gym-cards, .*"moon"/);
    expect(await refusal({ engine: "toString" })).to.match(/--engine: expected one of serving, .*"toString"/);
  });

  it("refuses scales that cannot be", async () => {
    const many = scale({ gpus: 4, mode: "asynchronous", trainers: 4 });
    expect(() => simulate(costs(), many, 0)).to.throw(ConfigError, /--trainers: expected 1 to 3 of 4 GPUs, received 4/);
    expect(() => simulate(costs(), scale({ trainers: 1 }), 0)).to.throw(ConfigError, /of mode asynchronous alone/);
    const crowded = costs({ engine: { cacheTokens: { alone: 30, learning: 15 } } });
    expect(() => simulate(crowded, scale(), 0)).to.throw(ConfigError, /room for 15 tokens, and one utterance takes 18/);
    const whole = costs({ trainer: { least: 2 } });
    expect(() => simulate(whole, scale(), 0)).to.throw(ConfigError, /wants at least 2 GPUs that learn, there are 1/);
  });
});
