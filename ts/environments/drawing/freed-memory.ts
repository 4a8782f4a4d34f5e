/** Just under the largest block by which glibc lets itself be taught, 32 MiB. */
const LESSON_BYTES = 32 * 2 ** 20 - 2 ** 16;

let isTaught = false;

/**
 * Has this process keep memory that is freed, up to 64 MiB, for what it allocates next.
 *
 * A frame is a quarter of a megabyte, and by default glibc gives blocks of more than 128 KiB back to the system when
 * they are freed: every frame then gets fresh pages, which takes several times as long as to draw it. Once it has seen
 * a large block freed it keeps blocks up to that size, and twice as much in all (`M_MMAP_THRESHOLD` in mallopt(3)). The
 * block is never written to, so that it takes no memory. Other C libraries are left as they are.
 */
export function keepFreedMemory(): void {
  if (isTaught) return;
  isTaught = true;
  // Garbage at once: what teaches is that it is freed.
  Buffer.allocUnsafeSlow(LESSON_BYTES);
}
