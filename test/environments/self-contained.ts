import { environmentDefinitions } from "../../ts/environments/registry.ts";

/** Settings that name what lies outside: games' files, devices, a browser. */
const OUTSIDE = ["data", "devices", "browser"];

/** Environments of this package that need nothing but themselves; those that need something from outside are tested where there is some. */
export const SELF_CONTAINED = environmentDefinitions()
  .filter(({ module, settings }) => {
    if (module !== undefined) return false;
    const defaults = settings.parse({}) as object;
    return !OUTSIDE.some((setting) => setting in defaults);
  })
  .map(({ id }) => id)
  .sort();
