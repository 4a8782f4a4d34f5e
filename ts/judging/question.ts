import type { RgbImage } from "../environments/environment.ts";
import type { Verdict } from "../environments/phones/judge.ts";
import type { Message } from "../prompting/message.ts";
import type { Shot } from "./shots.ts";

/**
 * What a judge is shown: what it is to do, screenshots that were judged by hand, then the one in question. The form, a
 * question and an answer before the status, is that of DigiRL's evaluator; the words are ours.
 */
export function judgesQuestion(instruction: string, screen: RgbImage, shots: readonly Shot[]): Message {
  const examples = shots.flatMap(({ image, task, question, answer, status }) => [
    "Screenshot:",
    image,
    `Task: ${task}\nQ: ${question}\nA: ${answer}\nStatus: ${status}\n`,
  ]);
  return [
    "You judge from a screenshot of a phone whether a task has been done on it.",
    ...(shots.length === 0 ? [] : ["Examples:", ...examples, "Your turn."]),
    "Screenshot:",
    screen,
    `Task: ${instruction}\nAnswer in three lines and write nothing else:\n` +
      "Q: <what should the screen show once this task is done?>\n" +
      "A: <that, and then what this screenshot shows>\n" +
      "Status: <success or failure>",
  ];
}

/** What the answer's `Status:` says. The last one counts, for models that think aloud name both before. */
export function verdictIn(answer: string): Verdict {
  const [, status] = [...answer.matchAll(/Status:\W*(\w+)/gi)].at(-1) ?? [];
  switch (status?.toLowerCase()) {
    case "success":
      return { kind: "success" };
    case "failure":
      return { kind: "failure" };
    default: {
      const said = answer.replace(/\s+/g, " ").trim().slice(0, 80);
      return {
        kind: "unknown",
        reason: `expected "Status: success" or "Status: failure", got ${JSON.stringify(said)}`,
      };
    }
  }
}
