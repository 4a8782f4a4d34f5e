import { environmentDefinition, environmentIds } from "../../ts/environments/registry.ts";

/** Settings that name what lies outside: games' files, devices, a browser. */
const OUTSIDE = ["data", "devices", "browser"];

/** Environments that need nothing but themselves; those that need something from outside are tested where there is some. */
export const SELF_CONTAINED = environmentIds().filter((id) => {
  const defaults = environmentDefinition(id).settings.parse({}) as object;
  return !OUTSIDE.some((setting) => setting in defaults);
});
