import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WorkerError } from "../ts/errors.ts";
import type { ObservationBatch } from "../ts/protocol/messages/observations.ts";
import type { Tensor } from "../ts/protocol/messages/scalars.ts";
import { type Method, methods, type Params, type Result } from "../ts/protocol/messages.ts";
import { float32Tensor } from "../ts/protocol/tensor.ts";
import { RandomStream } from "../ts/random.ts";
import type { CallOptions, Worker } from "../ts/worker/worker.ts";

export interface FakeWorkerOptions {
  /** The right action for what is seen; the image is null where none was sent. */
  oracle: (image: Uint8Array | null) => string;
  /** What is answered otherwise. */
  wrongAction: (right: string) => string;
  /** Chance of the right action of a policy just built, after SFT, and how much each update adds. */
  skill?: { initial: number; afterSft: number; gain: number };
  /** Chance of an utterance without an action. */
  invalidRate?: number;
  /** V of an observation by its prompt; half the skill by default. */
  value?: (prompt: string) => number;
  /** Log-probs that do not depend on the image. */
  isBlind?: boolean;
  /** By how much a step's log-probs fall when it is scored with others. */
  paddingGap?: number;
  /** Reported as `mismatch/max`. */
  logProbGap?: number;
  /** Called before each call; what it throws, the call throws. */
  beforeCall?: (method: Method, calls: readonly RecordedCall[]) => void;
}

export interface RecordedCall {
  method: Method;
  params: unknown;
}

interface KeptStep {
  utterance: string;
  /** First byte of the image that it answered. */
  pixel: number;
  isWeighed: boolean;
}

/**
 * A worker without a model, in this process: chooses the right action with a chance that SFT and updates raise, from
 * the request's seed alone. Checks every message against the protocol's schemas.
 */
export class FakeWorker implements Worker {
  readonly calls: RecordedCall[] = [];
  readonly #options: FakeWorkerOptions;
  #steps = new Map<number, KeptStep>();
  readonly #skills: { initial: number; afterSft: number; gain: number };
  #skill = 0;
  /** Of the policy that spoke when the present one last did: an engine of its own holds it. */
  #heldSkill = 0;
  #demonstrations = 0;
  #factors: Params<"build">["factors"] = [];
  #scmSteps = 0;
  #criticSteps = 0;
  #hasReference = false;
  #hasScm = false;
  /** Whether values of what was said come with `readAgain` alone. */
  #readsAtUpdate = false;

  constructor(options: FakeWorkerOptions) {
    this.#options = options;
    this.#skills = options.skill ?? { initial: 0.1, afterSft: 0.5, gain: 0.1 };
  }

  async call<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    options.signal?.throwIfAborted();
    this.#options.beforeCall?.(method, this.calls);
    const checked = methods[method].params.parse(params);
    this.calls.push({ method, params: checked });
    const answer = this.#answer({ method, params: checked } as Request, options);
    await Promise.resolve();
    return methods[method].result.parse(answer) as Result<M>;
  }

  paramsOf<M extends Method>(method: M): Params<M>[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params as Params<M>);
  }

  #answer(request: Request, options: CallOptions): unknown {
    switch (request.method) {
      case "build":
        this.#skill = this.#skills.initial;
        this.#factors = request.params.factors;
        this.#readsAtUpdate = request.params.oldLogProbs === "at-update";
        this.#hasScm = request.params.scm !== null;
        return {
          policyParameters: 10,
          learningPolicyParameters: 10,
          valueHeadParameters: 1,
          scmParameters: 0,
          criticParameters: request.params.critics === null ? 0 : 5,
          vocabularySize: 9,
          nullText: "<unk>",
          device: "cpu",
        };
      case "addDemonstrations":
        this.#demonstrations += request.params.utterances.length;
        return { total: this.#demonstrations };
      case "fitSft":
        this.#skill = this.#skills.afterSft;
        options.onProgress?.({ done: request.params.steps, total: request.params.steps, metrics: { "sft/loss": 1 } });
        return { losses: float32Tensor(new Float32Array(request.params.steps).fill(1)) };
      case "fitScm":
        return this.#fitScm(request.params);
      case "act":
        return this.#act(request.params, options.frames ?? []);
      case "values":
        return {
          values: float32Tensor(
            request.params.observations.prompts.map(this.#options.value ?? (() => this.#skill / 2)),
          ),
        };
      case "readAgain":
        return { values: float32Tensor(request.params.stepIds.map(this.#valueOf)) };
      case "observe":
        for (const id of request.params.stepIds) this.#steps.set(id, { utterance: "", pixel: 0, isWeighed: false });
        return { kept: this.#steps.size };
      case "fitCritics":
        for (const { stateIds } of [...request.params.episodes, ...request.params.heldOut]) stateIds.map(this.#step);
        this.#criticSteps += request.params.states.steps;
        return { metrics: { "critic/loss": 1 / (1 + this.#criticSteps) } };
      case "valueInstructions":
        return { values: float32Tensor(request.params.instructions.map(() => 0.5)) };
      case "valueStates":
        return { values: float32Tensor(request.params.episodes.flatMap((ids) => ids.map(this.#valueOf))) };
      case "score":
        return { steps: request.params.stepIds.map((stepId) => this.#score(stepId, request.params, options)) };
      case "readTokens":
        return { pieces: request.params.stepIds.map((id) => piecesOf(this.#step(id).utterance)), alternatives: [] };
      case "predictActions":
        return this.#predictActions(request.params);
      case "weigh":
        return this.#weigh(request.params);
      case "updatePolicy":
        return this.#updatePolicy(request.params);
      case "keepReference":
        this.#hasReference = true;
        return {};
      case "forgetSteps":
        for (const id of request.params.stepIds ?? [...this.#steps.keys()]) this.#steps.delete(id);
        return { kept: this.#steps.size };
      case "save":
        return this.#save(request.params);
      case "load":
        return this.#load(request.params);
      case "stats":
        return {
          peakMemoryBytes: 1,
          peakDeviceMemoryBytes: 0,
          peakMemoryByMethod: { updatePolicy: 1 },
          keptSteps: this.#steps.size,
          seconds: {},
        };
      case "hello":
      case "shareFolder":
      case "shutdown":
        throw new WorkerError("protocol", `${request.method} is for processes`);
    }
  }

  #act({ observations, seed, greedy, stepIds, policy }: Params<"act">, frames: readonly Uint8Array[]): Result<"act"> {
    const random = new RandomStream(seed);
    if (policy === "present") this.#heldSkill = this.#skill;
    const utterances = observations.prompts.map((_, index) => {
      const right = this.#options.oracle(imageOf(observations, index, frames));
      const isInvalid = random.float() < (this.#options.invalidRate ?? 0.05);
      const isRight = greedy ? this.#heldSkill >= 0.5 : random.float() < this.#heldSkill;
      const action = isRight ? right : this.#options.wrongAction(right);
      return isInvalid ? "I cannot tell." : JSON.stringify({ thoughts: "so it is", action });
    });
    const pixels = observations.prompts.map((_, index) => imageOf(observations, index, frames)?.[0] ?? 0);
    for (const [index, id] of (stepIds ?? []).entries()) {
      this.#steps.set(id, { utterance: utterances[index] ?? "", pixel: pixels[index] ?? 0, isWeighed: false });
    }
    return {
      utterances,
      tokenCounts: utterances.map((utterance) => piecesOf(utterance).length),
      finished: utterances.map(() => true),
      logProbs: float32Tensor(
        utterances.map((utterance, index) => this.#logProb(pixels[index] ?? 0) * piecesOf(utterance).length),
      ),
      values: float32Tensor(
        observations.prompts.map(
          this.#readsAtUpdate && stepIds !== null ? () => Number.NaN : (this.#options.value ?? (() => this.#skill / 2)),
        ),
      ),
    };
  }

  /** By name alone: higher the later in an episode. */
  #valueOf = (id: number): number => {
    this.#step(id);
    return (id % 100) / 100;
  };

  #score(
    stepId: number,
    { images, stepIds }: Params<"score">,
    { frames }: CallOptions,
  ): Result<"score">["steps"][number] {
    const { utterance, pixel: own, isWeighed } = this.#step(stepId);
    const pixel = images === null ? own : (frames?.[images.frame]?.[0] ?? 0);
    const tokens = piecesOf(utterance);
    const padding = stepIds.length > 1 ? (this.#options.paddingGap ?? 0) : 0;
    return {
      stepId,
      tokens,
      logProbs: float32Tensor(tokens.map(() => this.#logProb(pixel) - padding)),
      sampledLogProbs: float32Tensor(tokens.map(() => this.#logProb(own))),
      entropies: float32Tensor(tokens.map(() => 0.5)),
      causalWeights: isWeighed ? float32Tensor(weightsOf(utterance)) : null,
    };
  }

  /** Of each token under an image with this first byte. */
  #logProb(pixel: number): number {
    return this.#options.isBlind === true ? -0.1 : -0.1 - pixel / 1000;
  }

  #weigh({ stepIds, labels }: Params<"weigh">): Result<"weigh"> {
    this.#checkLabels(int32s(labels));
    const weights = stepIds.map((id) => {
      const step = this.#step(id);
      step.isWeighed = true;
      return weightsOf(step.utterance);
    });
    return { weights: float32Tensor(weights.flat()), lengths: weights.map(({ length }) => length), metrics: {} };
  }

  /** φ here knows the action always, and says so. */
  #predictActions({ stepIds, labels }: Params<"predictActions">): Result<"predictActions"> {
    this.#checkLabels(int32s(labels));
    const certain = float32Tensor(stepIds.map(() => 1));
    return { predicted: labels, confidences: certain, likelihoods: certain };
  }

  #fitScm({ examples, steps }: Params<"fitScm">): Result<"fitScm"> {
    this.#checkLabels(int32s(examples.labels));
    this.#scmSteps += steps;
    return { metrics: { "scm/loss": 1 / (1 + this.#scmSteps), "scm/accuracy": 0.9 } };
  }

  #updatePolicy({ stepIds, entropy, gradient, kl, algorithm }: Params<"updatePolicy">): Result<"updatePolicy"> {
    const steps = stepIds.map((id) => this.#step(id));
    const needsWeights = entropy?.weights.kind === "causal" || gradient.kind === "causal";
    if (needsWeights && steps.some(({ isWeighed }) => !isWeighed)) throw notAllowed("unweighed steps");
    if (kl !== null && !this.#hasReference) throw notAllowed("a KL term without a reference");
    if (algorithm.kind === "awr") algorithm.freshStepIds.map(this.#step);
    const isLearning = algorithm.kind === "awr" ? algorithm.steps > 0 && steps.length > 0 : !algorithm.valueOnly;
    if (isLearning) this.#skill = Math.min(1, this.#skill + this.#skills.gain);
    return { metrics: { "loss/policy": 1 - this.#skill, "mismatch/max": this.#options.logProbGap ?? 0 } };
  }

  #save({ directory, parts, images }: Params<"save">): Result<"save"> {
    mkdirSync(join(directory, "policy"), { recursive: true });
    const modules = this.#hasScm ? ["scm", "value_head"] : ["value_head"];
    const state = {
      parts,
      modules,
      skill: this.#skill,
      scmSteps: this.#scmSteps,
      criticSteps: this.#criticSteps,
      hasReference: this.#hasReference,
      steps: images === null ? [] : [...this.#steps],
    };
    writeFileSync(join(directory, "worker.json"), JSON.stringify(state));
    return { bytes: 1 };
  }

  #load({ directory, images }: Params<"load">): Result<"load"> {
    const state = JSON.parse(readFileSync(join(directory, "worker.json"), "utf8"));
    this.#skill = state.skill;
    if (state.parts === "all") {
      this.#scmSteps = state.scmSteps;
      this.#criticSteps = state.criticSteps;
      this.#hasReference = state.hasReference;
      if (images !== null) this.#steps = new Map(state.steps);
    }
    return { parts: state.parts };
  }

  #step = (id: number): KeptStep => {
    const step = this.#steps.get(id);
    if (step === undefined) throw notAllowed(`step ${id}, which is not kept`);
    return step;
  };

  #checkLabels(labels: Int32Array): void {
    const numLabels = this.#factors.map((factor) => factor.labels.length);
    for (const [index, label] of labels.entries()) {
      const limit = numLabels[index % numLabels.length] ?? 0;
      if (label < 0 || label >= limit) throw notAllowed(`label ${label} of ${limit}`);
    }
  }
}

type Request = { [M in Method]: { method: M; params: Params<M> } }[Method];

function imageOf(
  { images, imageIndex }: ObservationBatch,
  index: number,
  frames: readonly Uint8Array[],
): Uint8Array | null {
  if (images === null) return null;
  const size = images.width * images.height * 3;
  const place = imageIndex?.[index] ?? index;
  return frames[images.frame]?.subarray(place * size, (place + 1) * size) ?? null;
}

/** Weight 0.9 on the piece that holds the action, 0.05 elsewhere. */
function weightsOf(utterance: string): number[] {
  return piecesOf(utterance).map((piece) => (piece.includes("action") ? 0.9 : 0.05));
}

function piecesOf(utterance: string): string[] {
  return [...(utterance.match(/[^,]+,?/g) ?? []), ""];
}

function notAllowed(what: string): WorkerError {
  return new WorkerError("request", `fake worker: ${what}`);
}

/** The numbers of an int32 tensor, which only workers read. */
export function int32s({ data }: Tensor): Int32Array {
  return new Int32Array(new Uint8Array(data).buffer);
}

export function fingerprint(image: Uint8Array): string {
  return createHash("sha1").update(image).digest("hex");
}
