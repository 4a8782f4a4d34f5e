import { z } from "zod";
import { DeviceError } from "../../errors.ts";
import { ModelJudge } from "../../judging/model-judge.ts";
import { judgeSchema } from "../../judging/settings.ts";
import type { PhoneAction } from "../../parsing/phone-action.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { promptSetting } from "../prompt-setting.ts";
import { adbDevices, connectAdb } from "./adb/connect.ts";
import { openEmulator } from "./adb/emulator-device.ts";
import { adbSettings } from "./adb/settings.ts";
import { AttachedDevice } from "./attached-device.ts";
import type { Device } from "./device.ts";
import { PHONE_FORMATS } from "./formats.ts";
import type { Judge } from "./judge.ts";
import { Phone } from "./phone.ts";
import { PHONE_SCREEN, PLACEHOLDERS, PROMPT_NAMES, phoneTemplate, withPromptOf } from "./prompts.ts";
import type { PhoneTask } from "./task.ts";
import { tasksInFile } from "./task-file.ts";

const ID = "phone/adb";
/** What is attached, and an AVD of which every episode at a time has a copy and an emulator of its own. */
const [ATTACHED, EMULATED] = ["adb:", "avd:"];

const settings = z
  .strictObject({
    devices: z
      .array(z.string().regex(/^a(?:db|vd):./, "expected adb:SERIAL, as adb devices lists it, or avd:NAME"))
      .default([])
      .describe(
        "`adb:SERIAL`: one episode at a time. `avd:NAME`: an emulator on a copy of that AVD for every episode at a time. " +
          "None: whatever is attached.",
      ),
    snapshot: z.string().min(1).nullable().default(null).describe("Of emulators: what every episode begins with."),
    emulator: z.string().min(1).default("emulator").describe("Android's `emulator`, a name in PATH or a path."),
    tasks: z
      .string()
      .min(1)
      .default("experiments/phone/tasks/general.txt")
      .describe("Text file, an instruction a line, relative to the working directory."),
    first: z.int().min(1).nullable().default(null).describe("Take so many of the file's tasks; null: all."),
    horizon: z.int().min(1).default(10).describe("Steps; the paper has 10 for General and 20 for WebShopping."),
    judge: judgeSchema
      .nullable()
      .default(null)
      .describe("The vision model that tells success; null: nobody does, and no episode counts."),
    prompt: promptSetting(PROMPT_NAMES, PLACEHOLDERS),
    format: z.enum(PHONE_FORMATS).default("autoui").describe("Whose way of writing an action f^parse reads."),
    history: z.int().min(0).default(1).describe("Last actions that the prompt shows."),
    touchGrid: z.int().min(2).max(32).nullable().default(null).describe("As phone/canvas has it."),
    adb: adbSettings.prefault({}),
  })
  .overwrite(withPromptOf);
type Settings = z.output<typeof settings>;

/** Real phones and emulators, driven through adb: Android in the Wild's episodes where a device, and a judge, are at hand. */
export const phoneAdb: EnvironmentDefinition<PhoneAction, typeof settings> = {
  id: ID,
  summary: "real phones and emulators through adb; a vision model behind an endpoint tells success",
  settings,
  prompt: {
    names: PROMPT_NAMES,
    placeholders: PLACEHOLDERS,
    template: ({ prompt, format }) => phoneTemplate({ prompt, format, screen: PHONE_SCREEN }),
  },
  create: (chosen) => {
    const { tasks, first, horizon, prompt, format, history, touchGrid } = chosen;
    return new Phone<PhoneTask>({
      id: ID,
      device: new AttachedDevice(() => takeDevice(chosen), giveBack),
      judge: judgeOf(chosen),
      tasks: () => tasksInFile(tasks, "tasks", first),
      horizon,
      prompt,
      format,
      history,
      touchGrid,
      conditions: { tasks, judge: chosen.judge?.endpoint.model ?? "none" },
    });
  },
};

/** Names of devices that an episode of this process has. */
const taken = new Set<string>();

/** @throws DeviceError `absent` when there is none that is free. */
async function takeDevice({ devices, snapshot, emulator, adb }: Settings): Promise<Device> {
  const names = devices.length > 0 ? devices : await attachedNames(adb);
  const name = names.find((each) => each.startsWith(EMULATED) || !taken.has(each));
  const from = snapshot === null ? {} : { snapshot };
  if (name === undefined) {
    const those = names.length === 0 ? "adb sees none that can be driven" : `all of ${names.join(", ")} are in use`;
    throw new DeviceError(
      "absent",
      `${ID}: no device for another episode: ${those}; attach more, or play fewer at once`,
    );
  }
  if (name.startsWith(EMULATED)) {
    return openEmulator({ avd: name.slice(EMULATED.length), program: emulator, settings: adb, ...from });
  }
  taken.add(name);
  try {
    return await connectAdb({ serial: name.slice(ATTACHED.length), settings: adb, ...from });
  } catch (error) {
    taken.delete(name);
    throw error;
  }
}

function giveBack({ name }: Device): void {
  taken.delete(name);
}

async function attachedNames(adb: Settings["adb"]): Promise<string[]> {
  const attached = await adbDevices(adb);
  return attached.filter(({ state }) => state === "device").map(({ serial }) => ATTACHED + serial);
}

/** A model is made ready when it is first asked; without one nobody can tell. */
function judgeOf({ judge: chosen }: Settings): Judge {
  if (chosen === null) {
    const reason = "environment.settings.judge is null: nobody tells success on a real phone";
    return { verdict: async () => ({ kind: "unknown", reason }) };
  }
  let opened: Promise<ModelJudge> | undefined;
  return {
    verdict: async (task, seen) => {
      opened ??= ModelJudge.open(chosen);
      return (await opened).verdict(task, seen);
    },
  };
}
