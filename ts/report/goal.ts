/** What a phone's prompt asks for; of any other prompt its first line. */
export function goalOf(prompt: string): string {
  const line = /Goal: (.*)/.exec(prompt)?.[1] ?? prompt.split("\n")[0] ?? "";
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
