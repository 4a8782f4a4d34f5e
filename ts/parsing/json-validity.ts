/** Whether the whole text is one JSON object: the format that prompts ask for. f^parse itself is more lenient. */
export function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
