import { environmentDefinition, environmentIds } from "../../ts/environments/registry.ts";

/** Environments that need nothing but themselves; those that need games from files or a device are tested where there are some. */
export const SELF_CONTAINED = environmentIds().filter((id) => {
  const defaults = environmentDefinition(id).settings.parse({}) as object;
  return !("data" in defaults) && !("devices" in defaults);
});
