import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Evidence, Judge, Verdict } from "../environments/phones/judge.ts";
import type { PhoneTask } from "../environments/phones/task.ts";
import { EndpointError } from "../errors.ts";
import { AnswerStore, answerKey, messageOrigin } from "../prompting/answer-store.ts";
import { EndpointClient } from "../prompting/endpoint-client.ts";
import { Spending } from "../prompting/spending.ts";
import { JsonLines } from "../runs/json-lines.ts";
import { judgesQuestion, verdictIn } from "./question.ts";
import { isSameScreen, shrunk } from "./screens.ts";
import type { JudgeSettings } from "./settings.ts";
import { readShots, type Shot } from "./shots.ts";

/**
 * A vision model behind an HTTP endpoint as the judge. Its answers are kept on disk, and the same screen for the same task
 * is asked about once. A step that changed nothing on the screen is a failure without a question, as in DigiRL.
 *
 * What passes, such as a server that is busy, is tried again; an answer that cannot be had, or says neither, is `unknown`.
 * An endpoint that refuses (wrong key, unknown model, spent budget) would refuse every step: that is thrown.
 */
export class ModelJudge implements Judge {
  readonly #settings: JudgeSettings;
  readonly #shots: readonly Shot[];
  readonly #store: AnswerStore;
  readonly #client: EndpointClient;
  readonly #isOffline: boolean;

  private constructor(settings: JudgeSettings, shots: readonly Shot[], options: JudgeOptions) {
    this.#settings = settings;
    this.#shots = shots;
    this.#store = new AnswerStore(settings.answers);
    this.#isOffline = options.isOffline ?? false;
    const { endpoint, sampling, requests, budget } = settings;
    const spending = new Spending(new JsonLines(join(settings.answers, "requests.jsonl")), {
      budget: { ...budget, money: null },
      prices: null,
    });
    const onTrouble = options.onTrouble ?? (() => undefined);
    this.#client = new EndpointClient({ prompting: { seed: 0, endpoint, sampling, requests }, spending, onTrouble });
  }

  /** @throws ConfigError where the shots cannot be read. */
  static async open(settings: JudgeSettings, options: JudgeOptions = {}): Promise<ModelJudge> {
    const shots = settings.shots === null ? [] : await readShots(settings.shots);
    await mkdir(settings.answers, { recursive: true });
    const sent = shots.map((shot) => ({ ...shot, image: shrunk(shot.image, settings.shrink) }));
    return new ModelJudge(settings, sent, options);
  }

  /** @throws EndpointError when the endpoint refuses to be asked at all. */
  async verdict({ instruction }: PhoneTask, { before, after }: Pick<Evidence, "before" | "after">): Promise<Verdict> {
    if (isSameScreen(before, after)) return { kind: "failure" };
    const message = judgesQuestion(instruction, shrunk(after, this.#settings.shrink), this.#shots);
    const origin = { ...messageOrigin(this.#settings, message), draw: null };
    const key = answerKey(origin);
    const kept = await this.#store.find(key);
    if (kept !== undefined) return verdictIn(kept.utterance);
    if (this.#isOffline) return { kind: "unknown", reason: "no answer is kept, and nothing may be asked" };
    try {
      const answer = await this.#client.ask(message, key);
      return verdictIn((await this.#store.keep(key, origin, answer)).utterance);
    } catch (error) {
      if (error instanceof EndpointError && error.reason === "unanswered") {
        return { kind: "unknown", reason: error.message };
      }
      this.#client.stop(error);
      throw error;
    }
  }
}

export interface JudgeOptions {
  /** Asks for nothing: what is not kept is unknown. */
  isOffline?: boolean;
  /** Hears of trouble that may pass, a line each. */
  onTrouble?: (line: string) => void;
}
