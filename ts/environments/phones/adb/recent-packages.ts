/**
 * Packages whose tasks a phone remembers, each once, without its home screen.
 * @param dump what `dumpsys activity recents` prints
 */
export function recentPackages(dump: string): string[] {
  const intents = [...dump.matchAll(/\bintent=\{([^}]*)\}/g)].map(([, intent = ""]) => intent);
  const packages = intents
    .filter((intent) => !intent.includes("android.intent.category.HOME"))
    .flatMap((intent) => /\bcmp=([\w.]+)\//.exec(intent)?.[1] ?? []);
  return [...new Set(packages)];
}
