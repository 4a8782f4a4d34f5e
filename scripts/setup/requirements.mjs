import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} root
 * @param {string} file
 */
export function hashOf(root, file) {
  return createHash("sha256")
    .update(readFileSync(join(root, file)))
    .digest("hex");
}

/**
 * @param {string} root
 * @param {string} file
 * @returns {{ name: string, version: string }[]} names as folders of site-packages spell them
 */
export function pinsOf(root, file) {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.flatMap((line) => {
    const [, name, version] = /^([\w.-]+)==([\w.+!-]+)\s*$/.exec(line) ?? [];
    return name && version ? [{ name: name.toLowerCase().replaceAll(/[-.]+/g, "_"), version }] : [];
  });
}
