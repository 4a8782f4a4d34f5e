import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";

/** One named stream of draws; its state survives a checkpoint. */
export class RandomStream {
  #generator: JumpableRandomGenerator;

  /** `seed` is an unsigned 32-bit integer. */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(scrambled(seed));
  }

  /** Uniform over [low, high], both ends included. */
  int(low: number, high: number): number {
    return uniformInt(this.#generator, low, high);
  }

  /** Uniform over [0, 1). */
  float(): number {
    return uniformFloat64(this.#generator);
  }

  /** An unsigned 32-bit seed for something that draws on its own. */
  seed(): number {
    return uniformInt(this.#generator, 0, 0xffff_ffff);
  }

  /** One element, each equally likely. */
  pick<T>(among: readonly T[]): T {
    if (among.length === 0) throw new RangeError("cannot pick from an empty list");
    return among[this.int(0, among.length - 1)] as T;
  }

  /** What `restore` needs to go on with the same draws, as JSON. */
  state(): readonly number[] {
    return this.#generator.getState();
  }

  /** Goes on from `state()`. */
  restore(state: readonly number[]): void {
    this.#generator = xoroshiro128plusFromState(state);
  }
}

/** Every stream of a run, made on first use from the run's seed and the stream's name. */
export class RandomStreams {
  readonly #seed: number;
  readonly #streams = new Map<string, RandomStream>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The same (seed, name) always starts the same stream; different names are unrelated. */
  stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(deriveSeed(this.#seed, name));
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Of every stream that was asked for. */
  state(): Record<string, readonly number[]> {
    return Object.fromEntries([...this.#streams].map(([name, stream]) => [name, stream.state()]));
  }

  /** Goes on from `state()`. */
  restore(state: Readonly<Record<string, readonly number[]>>): void {
    this.#streams.clear();
    for (const [name, words] of Object.entries(state)) this.stream(name).restore(words);
  }
}

/**
 * MurmurHash3's finaliser, a bijection of 32 bits: the generator's first draws hardly tell seeds apart that differ in a
 * bit, as 0, 1, 2 … do.
 */
function scrambled(seed: number): number {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}

/** An unsigned 32-bit seed that depends on all of `seed` and `name`. */
export function deriveSeed(seed: number, name: string): number {
  return createHash("sha256").update(`${seed}/${name}`).digest().readUInt32LE(0);
}
