/** What passes over the link between an adb server and a device: 24 bytes of header, then the payload. */
export interface AdbMessage {
  readonly command: AdbCommand;
  readonly first: number;
  readonly second: number;
  readonly payload: Buffer;
}

const COMMANDS = ["CNXN", "AUTH", "OPEN", "OKAY", "WRTE", "CLSE"] as const;
export type AdbCommand = (typeof COMMANDS)[number];

const HEADER_BYTES = 24;

export function encodeMessage({ command, first, second, payload }: AdbMessage): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(command, 0, "latin1");
  header.writeUInt32LE(first, 4);
  header.writeUInt32LE(second, 8);
  header.writeUInt32LE(payload.length, 12);
  header.writeUInt32LE(
    payload.reduce((sum, byte) => (sum + byte) >>> 0, 0),
    16,
  );
  header.writeUInt32LE((header.readUInt32LE(0) ^ 0xffffffff) >>> 0, 20);
  return Buffer.concat([header, payload]);
}

/** Cuts a stream of bytes into messages. */
export class AdbMessageReader {
  #bytes = Buffer.alloc(0);

  /** The messages that `chunk` completes. Those of other kinds are left out. */
  add(chunk: Buffer): AdbMessage[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const messages: AdbMessage[] = [];
    while (this.#bytes.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#bytes.readUInt32LE(12);
      if (this.#bytes.length < end) break;
      const name = this.#bytes.toString("latin1", 0, 4);
      const command = COMMANDS.find((each) => each === name);
      if (command !== undefined) {
        messages.push({
          command,
          first: this.#bytes.readUInt32LE(4),
          second: this.#bytes.readUInt32LE(8),
          payload: this.#bytes.subarray(HEADER_BYTES, end),
        });
      }
      this.#bytes = this.#bytes.subarray(end);
    }
    return messages;
  }
}
