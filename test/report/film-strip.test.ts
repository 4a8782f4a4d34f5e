import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { filmStrip } from "../../ts/report/film-strip.ts";
import { readShownEpisodes, type ShownEpisode, type ShownStep } from "../../ts/report/shown-episodes.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { expectWellFormed } from "./well-formed.ts";

const IMAGE = `images/${"a".repeat(64)}.png`;
const step = (changes: Partial<ShownStep> = {}): ShownStep => ({
  prompt: "Previous Actions: Goal: Open the clock",
  utterance: "Action Plan: …",
  parse: { kind: "action" },
  action: { type: "DUAL_POINT", touch: { x: 0.25, y: 0.5 }, lift: { x: 0.25, y: 0.5 } },
  reward: 0,
  image: IMAGE,
  ...changes,
});
const episode = (changes: Partial<ShownEpisode> = {}): ShownEpisode => ({
  iteration: 3,
  success: true,
  ending: "terminated",
  return: 1,
  length: 1,
  steps: [step()],
  lastImage: null,
  ...changes,
});

describe("filmStrip", () => {
  const drawn = (shown: ShownEpisode) => filmStrip(shown, () => "data:image/png;base64,AAAA").markup;

  it("says what was asked and what came of it", () => {
    const strip = drawn(episode({ kind: "open", length: 2 }));
    expect(strip).to.include("Open the clock · open · success after 2 steps · return 1 · iteration 3");
    expect(drawn(episode({ success: false, ending: "fault", fault: "adb: gone" }))).to.include("broke down: adb: gone");
    expectWellFormed(`<main>${strip}</main>`);
  });

  it("draws a ring where a tap was, and a line along a swipe", () => {
    const tap = drawn(episode());
    expect(tap).to.include('<circle class="mark" cx="25.00" cy="50.00" r="6"/>');
    expect(tap).to.not.include("<line");
    const lift = { x: 0.25, y: 0.1 };
    const swipe = drawn(
      episode({ steps: [step({ action: { type: "DUAL_POINT", touch: { x: 0.25, y: 0.5 }, lift } })] }),
    );
    expect(swipe).to.include('<line class="mark" x1="25.00" y1="50.00" x2="25.00" y2="10.00"/>');
  });

  it("tells other actions in words, rewards, and why an utterance was none", () => {
    const steps = [
      step({ action: { type: "TYPE", text: "<b>tea</b>" } }),
      step({ action: { type: "IDLE" }, parse: { kind: "invalid", reason: "no-point" }, reward: -1 }),
      step({ action: "+", prompt: null }),
    ];
    const strip = drawn(episode({ steps }));
    expect(strip).to.include("types “&lt;b&gt;tea&lt;/b&gt;”");
    expect(strip).to.match(/nothing.*-1.*no-point/);
    expect(strip).to.include("<b>3</b> +");
    expect(strip).to.not.include("<svg");
  });

  it("shows the first of many steps and says how many more there are", () => {
    const strip = drawn(episode({ steps: Array.from({ length: 30 }, () => step()) }));
    expect(strip.match(/<img/g)).to.have.length(24);
    expect(strip).to.include("6 more");
  });

  it("ends with what the last step led to", () => {
    const strip = drawn(episode({ lastImage: IMAGE }));
    expect(strip.match(/<img/g)).to.have.length(2);
    expect(strip).to.include("<p>end</p>");
  });

  it("says so where an image is not there", () => {
    expect(filmStrip(episode(), () => undefined).markup).to.include("no image");
  });
});

describe("readShownEpisodes", () => {
  const at = temporaryFolder();

  it("takes the latest with images of each outcome, whatever else the file holds", async () => {
    mkdirSync(at("run"));
    const path = join(at("run"), "episodes.jsonl");
    const failure = { success: false } as const;
    const lines = [
      episode({ iteration: 1 }),
      episode({ iteration: 2 }),
      episode({ iteration: 3, ...failure }),
      episode({ iteration: 4, success: false, ending: "fault", fault: "gone" }),
      episode({ iteration: 5 }),
      episode({ iteration: 6, steps: [step({ image: null })] }),
      episode({ iteration: 7, steps: [step({ image: "images/../../secret.png" })] }),
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    appendFileSync(path, '{"iteration": 8, "succ');
    const shown = await readShownEpisodes(path);
    expect(shown.map(({ iteration }) => iteration)).to.deep.equal([2, 3, 4, 5]);
  });

  it("looks at no more than the end of a long file", async () => {
    mkdirSync(at("long"));
    const path = join(at("long"), "episodes.jsonl");
    const old = episode({ iteration: 1, success: false });
    const lines = [old, ...Array.from({ length: 600 }, () => episode({ iteration: 2 }))];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    expect((await readShownEpisodes(path)).map(({ iteration }) => iteration)).to.deep.equal([2, 2]);
  });

  it("finds none where there is no file", async () => {
    expect(await readShownEpisodes(at("nothing.jsonl"))).to.deep.equal([]);
  });
});
