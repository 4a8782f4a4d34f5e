import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decode } from "fast-png";

/** What a model sees. */
export interface Seen {
  prompt: string;
  /** Pixels of the last PNG that was sent; null for a message without one. */
  rgb: Uint8Array | null;
  /** How often the same was asked before. */
  occurrence: number;
}

/** Instead of an answer. */
export type Mishap =
  | { kind: "status"; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: "text"; text: string }
  | { kind: "reset" }
  | { kind: "silence" };

export interface FakeEndpointOptions {
  speak: (seen: Seen) => string;
  /** Before an answer, in milliseconds. */
  delay?: (request: number) => number;
  /** Replaces parts of a reply that is otherwise in order. */
  change?: (reply: Record<string, unknown>) => Record<string, unknown>;
  /** What happens to the request of this number, from 0, instead of an answer. */
  mishap?: (request: number) => Mishap | undefined;
}

export interface SeenRequest {
  path: string;
  headers: IncomingMessage["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: whatever a client sends is what tests look at.
  body: any;
}

/** An HTTP server on this machine that speaks OpenAI's chat completions and Gemini's generateContent. */
export class FakeEndpoint {
  readonly requests: SeenRequest[] = [];
  /** Requests answered at the same time, at most. */
  mostAtOnce = 0;
  readonly #options: FakeEndpointOptions;
  readonly #server: Server;
  readonly #occurrences = new Map<string, number>();
  #underWay = 0;

  private constructor(options: FakeEndpointOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(options: FakeEndpointOptions, port = 0): Promise<FakeEndpoint> {
    const endpoint = new FakeEndpoint(options);
    endpoint.#server.listen(port, "127.0.0.1");
    await once(endpoint.#server, "listening");
    return endpoint;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await textOf(request));
    const number = this.requests.push({ path: request.url ?? "", headers: request.headers, body }) - 1;
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    try {
      const wait = this.#options.delay?.(number) ?? 0;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const mishap = this.#options.mishap?.(number);
      if (mishap !== undefined) happen(mishap, request, response);
      else sendJson(response, 200, this.#reply(request.url ?? "", body));
    } finally {
      this.#underWay -= 1;
    }
  }

  #reply(path: string, body: SeenRequest["body"]): unknown {
    const isGemini = path.endsWith(":generateContent");
    const { prompt, png } = isGemini ? geminiMessage(body) : openAiMessage(body);
    const message = JSON.stringify([prompt, png]);
    const occurrence = this.#occurrences.get(message) ?? 0;
    this.#occurrences.set(message, occurrence + 1);
    const rgb = png === null ? null : pixelsOf(png);
    const text = this.#options.speak({ prompt, rgb, occurrence });
    const reply = isGemini ? geminiReply(text) : openAiReply(text);
    return this.#options.change?.(reply) ?? reply;
  }
}

const decoded = new Map<string, Uint8Array>();

/** Of a PNG in base64. */
function pixelsOf(png: string): Uint8Array {
  const pixels = decoded.get(png) ?? new Uint8Array(decode(Buffer.from(png, "base64")).data);
  decoded.set(png, pixels);
  return pixels;
}

/** Of every request, and of every answer in which each blank-separated word is a token. */
export const PROMPT_TOKENS = 100;
const tokensOf = (text: string): number => text.split(" ").length;

function openAiMessage(body: SeenRequest["body"]): { prompt: string; png: string | null } {
  const [{ role, content }] = body.messages;
  if (role !== "user" || body.messages.length !== 1) throw new Error("one user message was expected");
  if (typeof content === "string") return { prompt: content, png: null };
  const parts = content as { type: string; text?: string; image_url?: { url: string } }[];
  const images = parts.flatMap(({ image_url }) => image_url?.url.replace(/^data:image\/png;base64,/, "") ?? []);
  return { prompt: parts.flatMap(({ text }) => text ?? []).join("\n"), png: images.at(-1) ?? null };
}

function openAiReply(text: string): Record<string, unknown> {
  const completion = tokensOf(text);
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "fake-model-2026",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: PROMPT_TOKENS,
      completion_tokens: completion,
      total_tokens: PROMPT_TOKENS + completion,
    },
  };
}

function geminiMessage(body: SeenRequest["body"]): { prompt: string; png: string | null } {
  const { parts } = body.contents[0];
  const image = parts.find((part: { inlineData?: unknown }) => part.inlineData !== undefined);
  const text = parts.find((part: { text?: unknown }) => part.text !== undefined);
  return { prompt: text.text, png: image?.inlineData.data ?? null };
}

function geminiReply(text: string): Record<string, unknown> {
  return {
    candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: PROMPT_TOKENS, candidatesTokenCount: tokensOf(text) },
    modelVersion: "fake-gemini-001",
  };
}

function happen(mishap: Mishap, request: IncomingMessage, response: ServerResponse): void {
  switch (mishap.kind) {
    case "status":
      sendJson(response, mishap.status, mishap.body ?? {}, mishap.headers);
      return;
    case "text":
      response.writeHead(200, { "content-type": "application/json" }).end(mishap.text);
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "silence":
      return;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
