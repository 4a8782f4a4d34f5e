import { createServer, type Server, type Socket } from "node:net";
import { type AdbCommand, AdbMessageReader, encodeMessage } from "./adb-messages.ts";

/** Version in which messages' checksums no longer count. */
const VERSION = 0x01000001;
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** No NUL at its end: adb would read it as part of the last feature's name. */
const BANNER = "device::ro.product.name=fake;ro.product.model=Fake;ro.product.device=fake;features=shell_v2,cmd";
const AUTH_TOKEN = 1;
/** Kinds of packets in a shell stream of the second version. */
const [STDOUT, STDERR, EXIT] = [1, 2, 3];

/** What a command wrote, and how it ended. */
export interface Outcome {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * What the link does to one command.
 * - `drop`: breaks before the command is executed
 * - `drop after`: breaks after it was executed, before it is answered
 * - `silent`: no answer ever comes
 * - `cut`: half of the output comes
 * - `refuse`: it fails without being executed, as where a vendor's Android forbids it
 */
export type LinkFault = "drop" | "drop after" | "silent" | "cut" | "refuse";

const REFUSAL = "java.lang.SecurityException: Injecting to another application requires INJECT_EVENTS permission";

/** The device's side of adb: a TCP port that an adb server takes for a device. */
export class FakeDaemon {
  /** Asked before each command. */
  fault: (command: string) => LinkFault | undefined = () => undefined;
  /** Whether the phone's owner allowed this computer to drive it. */
  isAuthorised = true;
  /** Commands in their order, as the adb client sent them. */
  readonly commands: string[] = [];
  readonly #execute: (command: string) => Promise<Outcome>;
  readonly #links = new Set<Socket>();
  readonly #server: Server;

  constructor(execute: (command: string) => Promise<Outcome>) {
    this.#execute = execute;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** @param port a free one by default. Resolves with the port. */
  listen(port = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(port, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** Breaks every link; the port stays open, so that an adb server comes back. */
  drop(): void {
    for (const link of this.#links) link.destroy();
  }

  /** Gone for good. May be called twice. */
  close(): Promise<void> {
    this.drop();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#links.add(socket);
    socket.on("close", () => this.#links.delete(socket));
    socket.on("error", () => undefined);
    const reader = new AdbMessageReader();
    const streams = new Map<number, Stream>();
    let lastId = 0;
    const send: Send = (command, first, second, payload = Buffer.alloc(0)) => {
      if (!socket.destroyed) socket.write(encodeMessage({ command, first, second, payload }));
    };
    socket.on("data", (chunk) => {
      for (const { command, first, second, payload } of reader.add(chunk)) {
        if (command === "CNXN" && this.isAuthorised) send("CNXN", VERSION, MAX_PAYLOAD_BYTES, Buffer.from(BANNER));
        // Whichever key signs it is not one that the owner has allowed; the owner is asked, and does not answer.
        else if (command === "CNXN") send("AUTH", AUTH_TOKEN, 0, Buffer.alloc(20, 7));
        else if (command === "AUTH" && first !== 3) send("AUTH", AUTH_TOKEN, 0, Buffer.alloc(20, 7));
        else if (command === "OPEN") {
          const stream = new Stream(++lastId, first, send);
          streams.set(lastId, stream);
          void this.#serve(stream, payload.toString("utf8").replace(/\0$/, ""), () => socket.destroy());
        } else if (command === "OKAY") streams.get(second)?.acknowledge();
        else if (command === "WRTE") send("OKAY", second, first);
        else if (command === "CLSE") streams.delete(second);
      }
    });
  }

  async #serve(stream: Stream, destination: string, breakLink: () => void): Promise<void> {
    const [service = "", ...rest] = destination.split(":");
    const command = rest.join(":");
    this.commands.push(command);
    const fault = this.fault(command);
    if (fault === "drop") return breakLink();
    // Real devices open the stream first, then execute.
    stream.open();
    const outcome =
      fault === "refuse" ? await this.#execute(`echo '${REFUSAL}'; false; echo exit:$?`) : await this.#execute(command);
    if (fault === "drop after") return breakLink();
    if (fault === "silent") return;
    const kept = fault === "cut" ? outcome.stdout.length >> 1 : outcome.stdout.length;
    const stdout = outcome.stdout.subarray(0, kept);
    if (service.startsWith("shell,v2")) {
      await stream.write(packet(STDOUT, stdout));
      await stream.write(packet(STDERR, Buffer.from(outcome.stderr)));
      await stream.write(packet(EXIT, Buffer.of(outcome.exitCode)));
    } else {
      await stream.write(Buffer.concat([stdout, Buffer.from(outcome.stderr)]));
    }
    stream.close();
  }
}

type Send = (command: AdbCommand, first: number, second: number, payload?: Buffer) => void;

/** One of the streams that share a link. */
class Stream {
  readonly #id: number;
  readonly #peer: number;
  readonly #send: Send;
  #acknowledged: () => void = () => undefined;

  constructor(id: number, peer: number, send: Send) {
    this.#id = id;
    this.#peer = peer;
    this.#send = send;
  }

  open(): void {
    this.#send("OKAY", this.#id, this.#peer);
  }

  acknowledge(): void {
    this.#acknowledged();
  }

  /** A piece at a time, each after the one before was taken. */
  async write(bytes: Buffer): Promise<void> {
    for (let start = 0; start < bytes.length; start += MAX_PAYLOAD_BYTES) {
      const taken = new Promise<void>((resolve) => {
        this.#acknowledged = resolve;
      });
      this.#send("WRTE", this.#id, this.#peer, bytes.subarray(start, start + MAX_PAYLOAD_BYTES));
      await taken;
    }
  }

  close(): void {
    this.#send("CLSE", this.#id, this.#peer);
  }
}

function packet(kind: number, bytes: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(kind, 0);
  header.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}
