import type { ScreenElement } from "../../../../ts/parsing/screen-element.ts";

/** What `uiautomator dump` writes of a screen: a frame over all of it, and in it a node an element, whose words a child has. */
export function windowDump(
  elements: readonly ScreenElement[],
  { width, height }: { width: number; height: number },
): string {
  const nodes = elements.map(({ box, text, can }) => {
    const [left, top] = [Math.round(box.x * width), Math.round(box.y * height)];
    const [right, bottom] = [Math.round((box.x + box.width) * width), Math.round((box.y + box.height) * height)];
    const bounds = `[${left},${top}][${right},${bottom}]`;
    const kind = can.includes("type") ? "android.widget.EditText" : "android.widget.FrameLayout";
    const flags = {
      clickable: can.includes("tap"),
      "long-clickable": can.includes("hold"),
      scrollable: can.includes("swipe"),
    };
    return node({ class: kind, bounds, ...flags }, node({ class: "android.widget.TextView", text, bounds }));
  });
  const frame = node({ class: "android.widget.FrameLayout", bounds: `[0,0][${width},${height}]` }, nodes.join(""));
  return `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">${frame}</hierarchy>`;
}

/** With all the attributes that Android writes. */
function node(given: Readonly<Record<string, string | boolean>>, within = ""): string {
  const attributes = {
    index: 0,
    text: "",
    "resource-id": "",
    class: "",
    package: "com.example",
    "content-desc": "",
    checkable: false,
    checked: false,
    clickable: false,
    enabled: true,
    focusable: false,
    focused: false,
    scrollable: false,
    "long-clickable": false,
    password: false,
    selected: false,
    ...given,
  };
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return within === "" ? `<node${written.join("")} />` : `<node${written.join("")}>${within}</node>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
