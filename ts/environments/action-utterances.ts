import { ConfigError } from "../errors.ts";
import type { Environment } from "./environment.ts";

/**
 * One utterance for each action of an environment, `{"action": "<label>"}`: all that a policy has to be able to say which
 * chooses among actions instead of writing text. f^parse reads each of them as the action that it is for.
 * @throws ConfigError where the environment shows no images, or its actions are not the labels of one factor.
 */
export function actionUtterances(environment: Pick<Environment, "spec" | "parse">): string[] {
  const { id, showsImages, factors } = environment.spec;
  if (!showsImages) {
    throw new ConfigError(`policy.kind: "convolutional" acts on pixels, and \`${id}\` shows no images`);
  }
  const [factor, ...others] = factors;
  if (factor === undefined || others.length > 0) {
    throw new ConfigError(
      `policy.kind: "convolutional" chooses among the labels of one action factor, and \`${id}\` has ` +
        `${factors.length}: ${factors.map(({ name }) => name).join(", ")}`,
    );
  }
  return factor.labels.map((label) => {
    const utterance = `{"action": ${JSON.stringify(label)}}`;
    const parse = environment.parse(utterance, { prompt: "" });
    if (parse.kind === "action" && parse.factors[factor.name] === label) return utterance;
    const read = parse.kind === "action" ? JSON.stringify(parse.factors) : parse.reason;
    throw new ConfigError(
      `policy.kind: "convolutional" says ${utterance} for ${factor.name} "${label}", and \`${id}\` reads it as ${read}`,
    );
  });
}
