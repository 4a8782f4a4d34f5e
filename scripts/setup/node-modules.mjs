import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./command.mjs";

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean }>} LockedPackages */

/**
 * Whether node_modules holds exactly what package-lock.json asks for. npm writes its own record of what it installed
 * as the last act of an installation, so an interrupted one does not match.
 * @param {string} root
 */
export function nodeModulesMatch(root) {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const installed = lockedPackages(join(root, "node_modules/.package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  delete wanted[""];
  const isInstalled = (/** @type {string} */ path) => {
    const has = installed[path];
    const wants = wanted[path];
    // Optional packages are binaries for other platforms, which npm leaves out.
    if (has === undefined) return wants?.optional === true;
    return has.version === wants?.version && (wants?.integrity === undefined || has.integrity === wants.integrity);
  };
  return Object.keys(wanted).every(isInstalled) && Object.keys(installed).every((path) => path in wanted);
}

/** @param {string} root */
export async function installNodeModules(root) {
  await runStep({
    title: "Installing node_modules from package-lock.json",
    command: "npm",
    args: ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    cwd: root,
    explain: (output) => {
      if (/ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|ECONNRESET/.test(output)) {
        return "The package registry cannot be reached: check the network and `npm config get registry`, then run this again.";
      }
      if (/ENOSPC/.test(output)) return "The disk is full: free some space, then run this again.";
      if (/ENOENT/.test(output))
        return "npm was not found: it comes with Node; install Node again from https://nodejs.org.";
      return "";
    },
  });
}

/**
 * @param {string} path
 * @returns {LockedPackages | undefined}
 */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}
