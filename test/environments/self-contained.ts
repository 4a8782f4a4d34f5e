import { environmentDefinitions } from "../../ts/environments/registry.ts";

/** Environments of the package, whatever other tests of this process define beside them. */
export const PACKAGED = environmentDefinitions()
  .filter(({ module }) => module === undefined)
  .map(({ id }) => id)
  .sort();

/** Settings that name what lies outside: games' files, devices, a browser. */
const OUTSIDE = ["data", "devices", "browser"];

/** Environments that need nothing but themselves; those that need something from outside are tested where there is some. */
export const SELF_CONTAINED = environmentDefinitions()
  .filter(({ id, settings }) => {
    const defaults = settings.parse({}) as object;
    return PACKAGED.includes(id) && !OUTSIDE.some((setting) => setting in defaults);
  })
  .map(({ id }) => id)
  .sort();
