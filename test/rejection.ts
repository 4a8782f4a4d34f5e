/** The error that a promise is rejected with; an error of its own if it is not. */
export function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error("expected a rejection"),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
