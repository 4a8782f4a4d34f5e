import { type RandomStream, RandomStreams } from "../../ts/index.ts";
import { Clock } from "./clock.ts";
import type { Costs } from "./costs.ts";
import { draw } from "./distribution.ts";
import { Engine } from "./engine.ts";
import { Ledger } from "./ledger.ts";

/** One environment. What it draws hangs on itself alone, not on what the others do or how many there are. */
export interface Player {
  readonly draws: { readonly utterance: RandomStream; readonly step: RandomStream; readonly reset: RandomStream };
  stepsLeft: number;
}

/** Environments, their hosts, the process that leads, and engines. */
export class World {
  readonly clock = new Clock();
  readonly ledger: Ledger;
  readonly engines: readonly Engine[];
  readonly players: readonly Player[];
  readonly #costs: Costs;
  readonly #cores: number;
  readonly #forCore: { readonly seconds: number; readonly onEnd: () => void }[] = [];
  #busyCores = 0;
  #leaderIsFreeAt = 0;
  #leaderSeconds = 0;

  constructor(
    costs: Costs,
    size: {
      readonly gpus: number;
      readonly engines: number;
      readonly environments: number;
      readonly cacheTokens: number;
    },
    seed: number,
  ) {
    const streams = new RandomStreams(seed);
    this.#costs = costs;
    this.#cores = Math.max(1, Math.floor(costs.coresPerGpu * size.gpus));
    this.ledger = new Ledger(this.clock, size.environments);
    this.engines = Array.from(
      { length: size.engines },
      () => new Engine(this.clock, this.ledger.device(1, "engine"), costs.engine, size.cacheTokens),
    );
    this.players = Array.from({ length: size.environments }, (_, index) => ({
      draws: {
        utterance: streams.stream(`utterance/${index}`),
        step: streams.stream(`step/${index}`),
        reset: streams.stream(`reset/${index}`),
      },
      // Spread over an episode: not all of them end at once.
      stepsLeft: 1 + (index % Math.max(1, Math.round(costs.environment.episodeSteps))),
    }));
  }

  /** Seconds that the leading process has worked. */
  get leaderSeconds(): number {
    return this.#leaderSeconds;
  }

  /**
   * One step of each: observations → leading process → utterances → environments → observations. Observations that are sent
   * together arrive together.
   * @param group of those that are sent together, time after time
   */
  play(players: readonly Player[], group: number, onObservation: () => void): void {
    for (const _ of players) this.ledger.move("elsewhere", "leader");
    this.#lead(players.length, () => {
      for (const player of players) {
        this.ledger.move("leader", "elsewhere");
        this.#speakFor(player, group, onObservation);
      }
    });
  }

  #speakFor(player: Player, group: number, onObservation: () => void): void {
    const { engine, utteranceTokens } = this.#costs;
    const length = Math.round(draw(utteranceTokens, player.draws.utterance));
    this.#leastLoaded().speak(Math.min(engine.maxNewTokens, Math.max(1, length)), group, () => {
      this.ledger.move("elsewhere", "stepping");
      this.#host(this.#stepSeconds(player), () => {
        this.ledger.move("stepping", "elsewhere");
        onObservation();
      });
    });
  }

  #stepSeconds(player: Player): number {
    const { step, reset, episodeSteps } = this.#costs.environment;
    player.stepsLeft -= 1;
    const seconds = draw(step, player.draws.step);
    if (player.stepsLeft > 0) return seconds;
    player.stepsLeft = Math.max(1, Math.round(episodeSteps));
    return seconds + draw(reset, player.draws.reset);
  }

  #lead(steps: number, onEnd: () => void): void {
    const seconds = steps * this.#costs.leader;
    this.#leaderSeconds += seconds;
    this.#leaderIsFreeAt = Math.max(this.#leaderIsFreeAt, this.clock.now) + seconds;
    this.clock.after(this.#leaderIsFreeAt - this.clock.now, onEnd);
  }

  #host(seconds: number, onEnd: () => void): void {
    if (this.#costs.environment.runsOn === "own") {
      this.clock.after(seconds, onEnd);
      return;
    }
    this.#forCore.push({ seconds, onEnd });
    this.#useCores();
  }

  #useCores(): void {
    while (this.#busyCores < this.#cores) {
      const next = this.#forCore.shift();
      if (next === undefined) return;
      this.#busyCores += 1;
      this.clock.after(next.seconds, () => {
        this.#busyCores -= 1;
        next.onEnd();
        this.#useCores();
      });
    }
  }

  #leastLoaded(): Engine {
    return this.engines.reduce((least, engine) => (engine.load < least.load ? engine : least));
  }
}
