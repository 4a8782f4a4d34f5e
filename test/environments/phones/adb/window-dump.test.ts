import { expect } from "chai";
import { elementsIn } from "../../../../ts/environments/phones/adb/window-dump.ts";
import { DeviceError } from "../../../../ts/errors.ts";

const SIZE = { width: 1000, height: 2000 };
const dumped = (nodes: string): string =>
  `UI hierchary dumped to: /data/x.xml\n<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">${nodes}</hierarchy>\n`;
const node = (bounds: string, attributes: string, within = ""): string =>
  `<node bounds="${bounds}" enabled="true" ${attributes}>${within}</node>`;

describe("elementsIn", () => {
  it("takes what answers to a finger, with the words that stand in it", () => {
    const row = node(
      "[0,200][1000,400]",
      'clickable="true" long-clickable="true"',
      `${node("[0,200][500,300]", 'text="Wi&#45;Fi &amp; more"')}${node("[0,300][500,400]", 'content-desc="on&#10;now"')}`,
    );
    const field = node("[0,400][1000,500]", 'class="android.widget.EditText" text="tea"');
    const list = node("[0,200][1000,2000]", 'scrollable="true" content-desc="All"', row + field);
    expect(elementsIn(dumped(node("[0,0][1000,2000]", "", list)), SIZE)).to.deep.equal([
      { box: { x: 0, y: 0.1, width: 1, height: 0.9 }, text: "All", can: ["swipe"] },
      { box: { x: 0, y: 0.1, width: 1, height: 0.1 }, text: "Wi-Fi & more, on now", can: ["tap", "hold"] },
      { box: { x: 0, y: 0.2, width: 1, height: 0.05 }, text: "tea", can: ["tap", "type"] },
    ]);
  });

  it("cuts boxes off at the screen's edges, and leaves out what is off it, empty or disabled", () => {
    const button = (bounds: string, attributes = "") => node(bounds, `clickable="true" ${attributes}`);
    const outside = button("[0,2000][1000,2400]") + button("[500,500][500,900]") + button("[-90,0][-5,90]");
    const disabled = '<node bounds="[0,0][10,10]" enabled="false" clickable="true" />';
    const found = elementsIn(dumped(button("[-100,1900][500,2100]") + outside + disabled), SIZE);
    expect(found.map(({ box }) => box)).to.deep.equal([{ x: 0, y: 0.95, width: 0.5, height: 0.05 }]);
  });

  it("counts what fills the same place once, with all that can be done there", () => {
    const inner = node("[0,0][100,100]", 'scrollable="true" text="in"');
    expect(elementsIn(dumped(node("[0,0][100,100]", 'clickable="true"', inner)), SIZE)).to.deep.equal([
      { box: { x: 0, y: 0, width: 0.1, height: 0.05 }, text: "in", can: ["tap", "swipe"] },
    ]);
    expect(elementsIn(dumped(""), SIZE)).to.deep.equal([]);
  });

  it("says what else came", () => {
    const broken = [
      ["ERROR: null root node returned by UiTestAutomationBridge.\n", "null root node"],
      ["", "no XML"],
      [dumped(node("[0,0][1,1]", "")).slice(0, -20), "hierarchy"],
      [dumped(node("0,0,1,1", 'clickable="true"')), "bounds"],
      [dumped(node("[0,0][1,1]", 'clickable="yes"')), "clickable"],
      ["<?xml version='1.0' ?><html></html>", "hierarchy"],
    ] as const;
    for (const [said, word] of broken) {
      expect(() => elementsIn(said, SIZE))
        .to.throw(DeviceError, word)
        .with.property("code", "elements");
    }
  });
});
