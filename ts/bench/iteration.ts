import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { defineExperiment, type PpoExperiment, type PpoExperimentInput } from "../config.ts";
import { spokenIn } from "../demonstrations/scripted.ts";
import { probeCudaDevices } from "../doctor/probe.ts";
import { environmentDefinition } from "../environments/registry.ts";
import { boundSeconds, learningFlops } from "../plan/arithmetic.ts";
import { type Card, cardOfDevice } from "../plan/cards.ts";
import { adaptersOf, computeBytes, hasLearningVision } from "../plan/learning.ts";
import { planOf } from "../plan/plan.ts";
import { shapeOf } from "../plan/read-shape.ts";
import { KNOWN_SHAPES, type ModelShape } from "../plan/shapes.ts";
import { coso, rl4vlm } from "../presets/rl4vlm.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { RandomStream } from "../random.ts";
import { type Methods, quickstartSizes } from "./embedded-default.ts";
import { costOfIterations, type IterationCost } from "./iteration-cost.ts";

const PAPERS_POLICY = "llava-hf/llava-v1.6-mistral-7b-hf";
const GAME = "numberline";
/** Of its texts the random checkpoint's tokenizer learns its words. */
const DEMONSTRATIONS = 200;

/** What is measured: a shape that gets random weights, or null for the embedded default; and the card, if it is known. */
interface Subject {
  readonly shape: ModelShape | null;
  readonly card: Card | null;
}

/**
 * Iterations of Algorithm 1 by RL and by CoSo, in Table D.1's form: seconds by phase, and how much longer CoSo's iteration
 * takes had both rolled out alike. Nothing is learned that is worth anything.
 *
 * On a CUDA device the policy has the shape of the paper's, 7B random weights with LoRA, and 32 environments; speed is set
 * against what the card allows. Elsewhere it is the embedded default, which is hardly bigger than its SCM.
 */
export async function benchIteration({
  iterations = 4,
  changes = {},
  subject,
}: {
  iterations?: number;
  changes?: Partial<PpoExperimentInput>;
  subject?: Subject;
} = {}): Promise<Record<string, number>> {
  const { shape, card } = subject ?? (await subjectHere());
  if (shape === null) return figuresOf(await costs(quickstartSizes(changes), iterations));
  const directory = mkdtempSync(join(tmpdir(), "coso-bench-checkpoint-"));
  try {
    await writeRandomCheckpoint(directory, shape);
    const methods = papersSettings(directory, changes);
    const measured = await costs(methods, iterations);
    return { ...figuresOf(measured), ...(card !== null && (await againstTheCard(methods.CoSo, measured.CoSo, card))) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function subjectHere(): Promise<Subject> {
  const [device] = await probeCudaDevices();
  if (device === undefined) return { shape: null, card: null };
  return { shape: KNOWN_SHAPES[PAPERS_POLICY] ?? null, card: cardOfDevice(device) };
}

async function costs({ RL, CoSo }: Methods<PpoExperiment>, iterations: number): Promise<Methods<IterationCost>> {
  return { RL: await costOfIterations(RL, iterations), CoSo: await costOfIterations(CoSo, iterations) };
}

function figuresOf({ RL, CoSo }: Methods<IterationCost>): Record<string, number> {
  const rollout = (RL.rollout + CoSo.rollout) / 2;
  return {
    timeRatio: (rollout + CoSo.update + CoSo.causal) / (rollout + RL.update + RL.causal),
    rolloutSeconds: rollout,
    "RL.updateSeconds": RL.update,
    "CoSo.updateSeconds": CoSo.update,
    "CoSo.causalSeconds": CoSo.causal,
    tokensPerSecond: CoSo.tokens / CoSo.rollout,
    "RL.peakBytes": Math.max(...Object.values(RL.peakMemory)),
    "CoSo.peakBytes": Math.max(...Object.values(CoSo.peakMemory)),
  };
}

/** Tokens a second where reading weights and cache is all that takes time, and the update's share of the card's peak. */
async function againstTheCard(
  experiment: PpoExperiment,
  { tokens, update, rollout }: IterationCost,
  card: Card,
): Promise<Record<string, number>> {
  const { time, workload } = await planOf(experiment, card);
  const steps = experiment.rollout.environments * experiment.rollout.stepsPerEnvironment;
  const utterance = tokens / steps;
  const sequence = workload.prompt + utterance;
  // Of the model alone: recomputing activations is work, but not the model's.
  const how = {
    computeBytes: computeBytes(experiment),
    adapters: adaptersOf(experiment),
    recomputes: false,
    hasReference: false,
    learnsVision: hasLearningVision(experiment),
  };
  const rows = steps * experiment.algorithm.epochs;
  const batch = { rows, sequence, utterance, visionTokens: workload.image.vision };
  const bound = boundSeconds(learningFlops(shapeOf(experiment.policy), how, batch), card, how.computeBytes);
  const boundTokensPerSecond = time.decode.rows / time.decode.boundSeconds;
  return {
    boundTokensPerSecond,
    shareOfBound: tokens / rollout / boundTokensPerSecond,
    learnedTokensPerSecond: (rows * sequence) / update,
    mfu: bound / update,
  };
}

async function writeRandomCheckpoint(directory: string, shape: ModelShape): Promise<void> {
  const { demonstrations, settings } = environmentDefinition(GAME);
  const quality = demonstrations?.quality.parse({});
  const made = demonstrations?.generate(DEMONSTRATIONS, new RandomStream(0), settings.parse({}), quality) ?? [];
  const corpus = (await spokenIn(made)).flatMap(({ observation, utterance }) => [observation.prompt, utterance]);
  const [python = ""] = pythonCommand();
  const args = [directory, JSON.stringify(shape), JSON.stringify(corpus)];
  await execa(python, ["-m", "bench.random_checkpoint", ...args], { env: pythonEnvironment(8) });
}

/** The paper's settings, but for a shorter rollout: two steps an environment, and an SCM that learns as much a step. */
function papersSettings(path: string, changes: Partial<PpoExperimentInput>): Methods<PpoExperiment> {
  const base = {
    name: "bench",
    ...rl4vlm({ game: GAME, path, batching: "parallel" }),
    rollout: { environments: 32, groups: 2, stepsPerEnvironment: 2 },
    iterations: 100,
    ...changes,
  };
  const { scm, weights, entropy } = coso({ game: GAME });
  const online = { ...scm.online, steps: 2 };
  return {
    RL: defineExperiment(base),
    CoSo: defineExperiment({ ...base, scm: { online }, weights, entropy }),
  };
}
