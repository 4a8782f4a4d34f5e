import type { ScreenElement } from "../../parsing/screen-element.ts";
import type { Observation, RgbImage } from "../environment.ts";
import type { Device } from "./device.ts";
import { FORMATS, type PhoneFormat } from "./formats.ts";
import { labelledScreen } from "./labelled-screen.ts";

/** What a device shows. */
export interface View {
  readonly screen: RgbImage;
  /** Where the format numbers them; else empty, and never asked for. */
  readonly elements: readonly ScreenElement[];
}

/** @throws DeviceError */
export async function viewOf(device: Pick<Device, "screenshot" | "elements">, format: PhoneFormat): Promise<View> {
  const screen = await device.screenshot();
  return { screen, elements: FORMATS[format].isLabelled ? await device.elements() : [] };
}

/** What an agent is shown of it, beside the prompt. */
export function observedView({ screen, elements }: View, format: PhoneFormat): Omit<Observation, "prompt"> {
  return FORMATS[format].isLabelled ? { image: labelledScreen(screen, elements), elements } : { image: screen };
}
