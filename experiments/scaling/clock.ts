/** Simulated time: actions that happen at moments, earliest first; of one moment, in the order in which they were planned. */
export class Clock {
  #now = 0;
  #planned = 0;
  /** A binary heap. */
  readonly #heap: Planned[] = [];

  /** Seconds. */
  get now(): number {
    return this.#now;
  }

  after(seconds: number, action: () => void): void {
    if (!(seconds >= 0)) throw new RangeError(`expected seconds from now on, got ${seconds}`);
    this.#push({ at: this.#now + seconds, order: this.#planned++, action });
  }

  /** Lets the next thing happen; false when nothing is planned. */
  tick(): boolean {
    const next = this.#pop();
    if (next === undefined) return false;
    this.#now = next.at;
    next.action();
    return true;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let place = heap.push(planned) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, planned)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = planned;
  }

  #pop(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const smaller = heap[child];
      if (smaller === undefined || isBefore(last, smaller)) break;
      heap[place] = smaller;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
