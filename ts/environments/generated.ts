/** What `make` returns, `count` times, each as it is asked for. */
export function* generated<T>(count: number, make: () => T): Generator<T> {
  for (let number = 0; number < count; number++) yield make();
}
