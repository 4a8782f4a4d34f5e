import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { Command, Option } from "commander";
import { ConfigError, messageOf } from "../errors.ts";
import { addEnvironmentOptions, createEnvironment, jsonObject, type SettingsFlags } from "./environment-options.ts";
import { FrameFolder } from "./frame-folder.ts";
import type { Streams } from "./lines.ts";
import { positiveInteger, seed } from "./option-values.ts";
import { playByHand } from "./play-by-hand.ts";
import { POLICIES, type PolicyName, playPolicy } from "./play-policy.ts";
import { playScript } from "./play-script.ts";

interface PlayFlags extends SettingsFlags {
  script?: string;
  policy?: PolicyName;
  episodes: number;
  data?: string;
  device?: string;
  seed: number;
  options: Record<string, unknown>;
  images?: string;
  json?: boolean;
}

export function playCommand(streams: Streams = process): Command {
  return addEnvironmentOptions(new Command("play"))
    .description("Drive an environment by a script of episodes, or by hand.")
    .option("--script <file>", "an episode a line; - is standard input, as is none where that is no terminal")
    .addOption(new Option("--policy <name>", "play whole episodes by it instead").choices(POLICIES))
    .option("--episodes <n>", "with a policy: how many", positiveInteger, 1)
    .option("--seed <n>", "by hand or a policy: seed of the first episode; the next ones count up", seed, 0)
    .option("--options <json>", "by hand or a policy: pins the starting state", jsonObject, {})
    .option("--data <dir>", "the setting `data`, of environments that play games from files")
    .option("--device <name>", "the setting `devices`, of environments that drive some: adb:SERIAL or avd:NAME")
    .option("--images <dir>", "save every frame there as PNG")
    .option("--json", "with a script or a policy: JSON lines out")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, flags: PlayFlags) => {
      const { script, policy, episodes, settings, set = [], data, device, json = false, images, ...start } = flags;
      const isByHand = script === undefined && policy === undefined && streams.stdin.isTTY === true;
      if (isByHand && json) {
        throw new ConfigError("play: --json answers a script; expected --script FILE, or a script on standard input");
      }
      if (policy !== undefined && (script !== undefined || images !== undefined)) {
        throw new ConfigError("play: --policy plays by itself; expected it without --script and --images");
      }
      const chosen = {
        ...settings,
        ...(data !== undefined && { data }),
        ...(device !== undefined && { devices: [device] }),
      };
      const environment = await createEnvironment(id, { settings: chosen, set });
      const frames = images === undefined ? undefined : await FrameFolder.at(images);
      try {
        if (policy !== undefined) {
          await playPolicy(environment, streams.stdout, { ...start, policy, episodes, isJson: json });
        } else if (isByHand) {
          await playByHand(environment, streams, { ...start, frames });
        } else {
          const lines = script === undefined || script === "-" ? streams.stdin : await readable(script);
          await playScript(environment, lines, streams.stdout, { isJson: json, frames });
        }
      } finally {
        await environment.close?.();
      }
    });
}

const EXAMPLES = `
Examples:
  coso play numberline --images frames                    by hand: type an action, or an utterance as an agent would
  echo '{"options": {"current": 1, "target": 3}, "actions": ["+", "+"]}' | coso play numberline --json
  coso play numberline --script episodes.jsonl
  coso play numberline --set prompt.file=prompt.txt       with a wording of your own
  coso play phone/adb --device adb:emulator-5554 --images frames
  coso play alfworld/text --data alfworld --policy expert --episodes 6 --json

A line of a script is {"seed": n, "options": {…}, "actions": […]}; seed 0 and no options where left out. With --json
each is answered by
  {"seed": n, "options": {…}, "steps": [{"action", "reward", "terminated", "truncated"}], "return": x, "success": s}
where success is null while the episode is not over. A line that cannot be played to its end is answered by {"kind":
"error", "line": n, "message": …}, with "actionIndex" (from 0) and all that was played before it where it was an action
that failed. The other lines are played all the same; then the exit code is not 0 in the end.`;

async function readable(path: string): Promise<Readable> {
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    throw new ConfigError(`--script: expected a file that can be read, got ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
