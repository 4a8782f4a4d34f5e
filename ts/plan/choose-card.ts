import { isEmbedded } from "../config/policy.ts";
import type { Experiment } from "../config.ts";
import { probeCudaDevices } from "../doctor/probe.ts";
import { type Card, type CardName, cardNamed, cardOfDevice, processor } from "./cards.ts";
import { ownDevice } from "./engine-memory.ts";

/** `auto` is what the experiment would run on here; without an accelerator, a checkpoint is planned for an H100. */
export type CardChoice = CardName | "auto";

export async function chooseCard(
  choice: CardChoice,
  { worker, policy }: Experiment,
  probe: typeof probeCudaDevices = probeCudaDevices,
): Promise<Card> {
  if (choice !== "auto") return cardNamed(choice);
  if (worker.device === "cpu") return processor(worker.threads);
  const [device] = await probe();
  const found = device === undefined ? null : cardOfDevice(device);
  if (found !== null) return found;
  if (worker.device === "auto" && isEmbedded(policy)) return processor(worker.threads);
  return cardNamed("h100");
}

/** The card of an engine that has one to itself: this machine's, or one as the worker's. */
export async function chooseEngineCard(
  choice: CardChoice,
  experiment: Experiment,
  card: Card,
  probe: typeof probeCudaDevices = probeCudaDevices,
): Promise<Card> {
  const number = ownDevice(experiment, card);
  if (number === null || choice !== "auto") return card;
  const device = (await probe())[number];
  return (device === undefined ? null : cardOfDevice(device)) ?? card;
}
