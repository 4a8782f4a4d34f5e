import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other set-up of the same checkout does: `npm test` in one terminal and `npm run quickstart` in
 * another would otherwise install into the same folders at once.
 * @param {string} root
 * @param {() => Promise<void>} work
 */
export async function withLock(root, work) {
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `coso-setup-${userInfo().uid}-${name}`);
  let announced = false;
  while (!take(lock)) {
    const owner = ownerOf(lock);
    if (owner === "gone") {
      rmSync(lock, { force: true });
      continue;
    }
    if (!announced) console.log(`Waiting for another set-up of this checkout (process ${owner}) …`);
    announced = true;
    await sleep(500);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * @param {string} lock
 * @returns {boolean} whether this process holds it now
 */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} lock
 * @returns {number | "gone"} the process that holds the lock, as long as it lives
 */
function ownerOf(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch {
    return "gone";
  }
}
