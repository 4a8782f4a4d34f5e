/** Paths at which two JSON values differ, such as `algorithm.clip: 0.1 → 0.2`. */
export function differences(before: unknown, after: unknown, path = ""): string[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differences(Reflect.get(before, key), Reflect.get(after, key), path === "" ? key : `${path}.${key}`),
    );
  }
  return Object.is(before, after) ? [] : [`${path}: ${show(before)} → ${show(after)}`];
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
