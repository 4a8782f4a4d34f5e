import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import type { ElementUse, ScreenBox, ScreenElement } from "../../../parsing/screen-element.ts";
import type { Adb } from "./adb.ts";
import { AdbFault } from "./fault.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A file that adb's user may write on every Android, and which is removed first: a dump that fails would leave an old one. */
const FILE = "/data/local/tmp/coso-window.xml";
const DUMP = `rm -f ${FILE}; uiautomator dump ${FILE} 2>&1; cat ${FILE}`;
/** Itself waits up to 10 s for a screen that stands still. */
const IDLE_MS = 10_000;

/**
 * What the accessibility service of Android knows of the screen; its keyboard is a window of its own, which it leaves out.
 * @param size of the screen in pixels, as it is turned now.
 * @throws DeviceError `elements` when what comes is no whole dump, time after time, as of a screen that never stands still.
 */
export function captureElements(adb: Adb, size: Size, callMs: number): Promise<readonly ScreenElement[]> {
  const call = { args: ["exec-out", DUMP], isHarmless: true, limitMs: callMs + IDLE_MS };
  return adb.ask(call, (stdout) => elementsIn(stdout.toString("utf8"), size));
}

interface Node {
  readonly attributes: z.output<typeof attributesSchema>;
  readonly children: readonly Node[];
}

const flag = z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" }).default(false);
/** Of a node, as far as it counts here. */
const attributesSchema = z.object({
  bounds: z.string().regex(/^\[-?\d+,-?\d+\]\[-?\d+,-?\d+\]$/),
  text: z.string().default(""),
  "content-desc": z.string().default(""),
  class: z.string().default(""),
  clickable: flag,
  "long-clickable": flag,
  checkable: flag,
  scrollable: flag,
  enabled: flag,
});

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({ node: z.array(nodeSchema).default([]) }).transform(({ node, ...attributes }, context) => {
    const read = attributesSchema.safeParse(attributes);
    if (read.success) return { attributes: read.data, children: node };
    context.addIssue({ code: "custom", message: z.prettifyError(read.error) });
    return z.NEVER;
  }),
);
const dumpSchema = z.looseObject({ hierarchy: z.looseObject({ node: z.array(nodeSchema).default([]) }) });

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  htmlEntities: true,
  isArray: (name) => name === "node",
});

/** What of a dump answers to a finger, in the dump's order. @throws AdbFault for anything but a whole dump. */
export function elementsIn(said: string, size: Size): readonly ScreenElement[] {
  const start = said.indexOf("<?xml");
  const xml = said.slice(Math.max(0, start)).trimEnd();
  const validity = start === -1 ? "no XML" : XMLValidator.validate(xml);
  if (validity !== true) {
    const problem = typeof validity === "string" ? validity : `line ${validity.err.line}: ${validity.err.msg}`;
    throw broken(`${problem}: ${JSON.stringify(said.trim().slice(0, 200))}`);
  }
  const dump = dumpSchema.safeParse(parser.parse(xml));
  if (!dump.success) throw broken(z.prettifyError(dump.error));
  return withoutRepetition(dump.data.hierarchy.node.flatMap((node) => elementsOf(node, size)));
}

function elementsOf(node: Node, size: Size): ScreenElement[] {
  const box = boxOf(node.attributes.bounds, size);
  const can = usesOf(node);
  const below = node.children.flatMap((child) => elementsOf(child, size));
  return box === null || can.length === 0 ? below : [{ box, text: wordsOf(node), can }, ...below];
}

function usesOf({ attributes }: Node): readonly ElementUse[] {
  if (!attributes.enabled) return [];
  const isField = attributes.class.endsWith("EditText");
  const uses: [ElementUse, boolean][] = [
    ["tap", attributes.clickable || attributes.checkable || isField],
    ["hold", attributes["long-clickable"]],
    ["swipe", attributes.scrollable],
    ["type", isField],
  ];
  return uses.flatMap(([use, has]) => (has ? [use] : []));
}

/** Its own words, or all of those within it: a row says nothing itself, its label does. */
function wordsOf({ attributes, children }: Node): string {
  const own = attributes.text || attributes["content-desc"];
  const words = own || children.map(wordsOf).filter(Boolean).join(", ");
  return words.replaceAll(/\s+/g, " ").trim();
}

/** Cut off at the screen's edges; null where nothing of it is on the screen. */
function boxOf(bounds: string, { width, height }: Size): ScreenBox | null {
  const [left = 0, top = 0, right = 0, bottom = 0] = (bounds.match(/-?\d+/g) ?? []).map(Number);
  const [x, y] = [Math.max(0, left), Math.max(0, top)];
  const [across, down] = [Math.min(right, width) - x, Math.min(bottom, height) - y];
  if (across <= 0 || down <= 0) return null;
  return { x: x / width, y: y / height, width: across / width, height: down / height };
}

/** Of several whose boxes are the same, such as a row and what fills it, the outermost with the uses of all. */
function withoutRepetition(elements: readonly ScreenElement[]): ScreenElement[] {
  const byBox = new Map<string, ScreenElement>();
  for (const element of elements) {
    const name = JSON.stringify(element.box);
    const known = byBox.get(name);
    const can = [...new Set([...(known?.can ?? []), ...element.can])];
    byBox.set(name, { ...element, text: known?.text || element.text, can });
  }
  return [...byBox.values()];
}

function broken(what: string): AdbFault {
  const mend = "a screen that keeps moving, as in a video, cannot be dumped; some apps forbid it";
  return new AdbFault(
    "elements",
    "uncertain",
    `\`adb exec-out uiautomator dump\`: expected a dump, got ${what}; ${mend}`,
  );
}
