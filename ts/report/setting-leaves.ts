/** Values by path, in the configuration's order; what is empty is a value too. */
export function settingLeaves(value: unknown, path = ""): Map<string, string> {
  const children = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (children.length === 0) return new Map([[path, typeof value === "string" ? value : JSON.stringify(value)]]);
  return new Map(children.flatMap(([key, child]) => [...settingLeaves(child, path === "" ? key : `${path}.${key}`)]));
}

/** A setting's last word, or all of its path where another of `paths` ends alike. */
export function shortPaths(paths: readonly string[]): Map<string, string> {
  const last = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
  const isShared = (path: string): boolean => paths.some((other) => other !== path && last(other) === last(path));
  return new Map(paths.map((path) => [path, isShared(path) ? path : last(path)]));
}
