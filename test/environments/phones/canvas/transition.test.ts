import { expect } from "chai";
import { contentsOf, foundIn, freshPhone } from "../../../../ts/environments/phones/canvas/contents.ts";
import { SIDE } from "../../../../ts/environments/phones/canvas/element.ts";
import { layoutOf } from "../../../../ts/environments/phones/canvas/layout.ts";
import {
  isOn,
  LAUNCHER,
  type PhoneState,
  phoneStateSchema,
  type Screen,
  topOf,
} from "../../../../ts/environments/phones/canvas/state.ts";
import { pressed, swiped, touched, typed } from "../../../../ts/environments/phones/canvas/transition.ts";
import { centreOf, walkedStates } from "./random-walk.ts";

const UP = [
  { x: 0.5, y: 0.8 },
  { x: 0.5, y: 0.3 },
] as const;

function showing(...screens: Screen[]): PhoneState {
  return { ...freshPhone(7), screens: [LAUNCHER, ...screens] };
}

/** After a tap on the element whose look has that text. */
function tapped(state: PhoneState, text: string): PhoneState {
  const element = layoutOf(state).elements.find(({ look }) => "text" in look && look.text === text);
  if (element === undefined) throw new RangeError(`nothing says ${text}`);
  return touched(state, centreOf(element.box));
}

describe("a simulated phone", () => {
  for (const [what, state] of [
    ["an app that asks to sign in", showing({ at: "locked", app: "Mail" })],
    ["a shop's notice", showing({ at: "start" }, { at: "notice", shop: "gadgo.com", about: "Deals" })],
    ["a share sheet", showing({ at: "shop", shop: "gadgo.com" }, { at: "share" })],
  ] as const) {
    it(`lets nothing but Back and Home lead out of ${what}`, () => {
      for (let y = 0; y < SIDE; y += 4) {
        for (let x = 0; x < SIDE; x += 4) expect(touched(state, { x: x / SIDE, y: y / SIDE })).to.equal(state);
      }
      expect(swiped(state, ...UP)).to.equal(state);
      expect(typed(state, "red lamp")).to.equal(state);
      expect(pressed(state, "enter")).to.equal(state);
      expect(pressed(state, "back").screens).to.deep.equal(state.screens.slice(0, -1));
      expect(pressed(state, "home").screens).to.deep.equal([LAUNCHER]);
    });
  }

  it("shows the share sheet when a page's share button is tapped", () => {
    const shop = showing({ at: "shop", shop: "gadgo.com" });
    const share = layoutOf(shop).elements.find(({ tap }) => tap?.to === "open" && tap.screen.at === "share");
    expect(topOf(touched(shop, centreOf(share?.box ?? { x: 0, y: 0, width: 0, height: 0 }))).at).to.equal("share");
  });

  it("types into a shop's search field, by keys as well, and Enter submits it", () => {
    const shop = showing({ at: "shop", shop: "gadgo.com" });
    const [, searchField] = layoutOf(shop).elements.filter(({ look }) => look.kind === "field");
    let state = touched(shop, centreOf(searchField?.box ?? { x: 0, y: 0, width: 0, height: 0 }));
    expect(state.typing).to.deep.equal({ field: "shop", text: "" });
    state = typed(typed(state, " Red  lam"), "é😀\n");
    expect(state.typing?.text).to.equal(" Red  lame");
    state = tapped(tapped(state, "erase"), "p");
    expect(topOf(pressed(state, "enter"))).to.deep.equal({
      at: "results",
      shop: "gadgo.com",
      query: "red lamp",
      first: 0,
    });
    expect(tapped(state, "enter")).to.deep.equal(pressed(state, "enter"));
    expect(tapped(state, "×").typing).to.deep.equal({ field: "shop", text: "" });
  });

  it("takes what it knows for an address, and searches the web for the rest", () => {
    const typing = { field: "address", text: "" } as const;
    const entered = (text: string) => topOf(pressed(typed({ ...showing({ at: "start" }), typing }, text), "enter"));
    for (const text of ["gadgo.com", "GadGo", "https://www.gadgo.com/"]) {
      expect(entered(text), text).to.deep.equal({ at: "shop", shop: "gadgo.com" });
    }
    expect(entered("dailynews.com")).to.deep.equal({ at: "news", first: 0 });
    expect(entered("Pizza in Rome")).to.deep.equal({ at: "found", query: "pizza in rome" });
    expect(entered("  ")).to.deep.equal({ at: "start" });
  });

  it("closes the keyboard on Back before it goes back", () => {
    const typing: PhoneState = { ...showing({ at: "start" }), typing: { field: "address", text: "a" } };
    const closed = pressed(typing, "back");
    expect([closed.typing, topOf(closed).at]).to.deep.equal([null, "start"]);
    expect(topOf(pressed(closed, "back")).at).to.equal("launcher");
    const launcher = freshPhone(7);
    expect(pressed(launcher, "back")).to.equal(launcher);
    expect(typed(launcher, "a")).to.equal(launcher);
  });

  it("scrolls by as many rows as the finger goes, and no further than the list", () => {
    const contacts = showing({ at: "contacts", first: 0 });
    const firstAfter = (state: PhoneState) => {
      const screen = topOf(state);
      return "first" in screen ? screen.first : undefined;
    };
    const shorter = [UP[0], { x: 0.5, y: UP[0].y - 44 / SIDE }] as const;
    expect(firstAfter(swiped(contacts, ...shorter))).to.equal(1);
    expect(firstAfter(swiped(contacts, ...UP))).to.equal(3);
    const end = [1, 2, 3, 4, 5].reduce((state) => swiped(state, ...UP), contacts);
    expect(firstAfter(end)).to.equal(contentsOf(7).contacts.length - 4);
    expect(firstAfter(swiped(contacts, UP[1], UP[0]))).to.equal(0);
    expect(firstAfter(swiped(contacts, { x: 0.9, y: 0.5 }, { x: 0.1, y: 0.5 }))).to.equal(0);
  });

  it("turns the launcher's pages sideways", () => {
    const left = [
      { x: 0.8, y: 0.5 },
      { x: 0.2, y: 0.5 },
    ] as const;
    const launcher = freshPhone(7);
    const second = swiped(launcher, ...left);
    expect(topOf(second)).to.deep.equal({ at: "launcher", page: 1 });
    expect(swiped(second, ...left)).to.deep.equal(second);
    expect(swiped(second, left[1], left[0])).to.deep.equal(launcher);
  });

  it("flips switches, saves alarms, stars, saves articles, and buys a thing once", () => {
    const settings = showing({ at: "settings", section: "Display", first: 0 });
    const dark = tapped(settings, "Dark mode");
    expect([isOn(settings, "Dark mode"), isOn(dark, "Dark mode")]).to.deep.equal([false, true]);
    expect(tapped(dark, "Dark mode")).to.deep.equal(settings);

    const clock = showing({ at: "alarms", first: 0 });
    const alarm = ["+", "7", ":15", "Save"].reduce(tapped, clock);
    expect(alarm.alarms[0]).to.deep.equal({ time: "7:15", isOn: true });
    expect(topOf(alarm).at).to.equal("alarms");
    expect(tapped(alarm, "7:15").alarms[0]).to.deep.equal({ time: "7:15", isOn: false });
    expect(alarm.alarms).to.have.length(5);
    expect(["+", "7", ":15", "Save"].reduce(tapped, alarm).alarms).to.have.length(5);

    expect(tapped(showing({ at: "contact", name: "Mia" }), "Star").favourites).to.deep.equal(["Mia"]);
    expect(topOf(tapped(showing({ at: "contact", name: "Mia" }), "Call"))).to.deep.equal({ at: "call", name: "Mia" });
    expect(tapped(showing({ at: "article", country: "Chile" }), "Save").saved).to.deep.equal(["Chile"]);

    const [product] = foundIn(7, "gadgo.com", "red lamp");
    if (product === undefined) throw new RangeError("no red lamp");
    const bought = tapped(showing({ at: "product", product, query: "red lamp", entry: 0 }), "Add to cart");
    expect(bought.cart).to.deep.equal([product]);
    expect(tapped(bought, "In the cart")).to.deep.equal(bought);
  });

  it("is JSON that its schema reads back, wherever a walk leads, and leaves the state before as it was", () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const states = walkedStates({ seed, steps: 40 });
      const before = JSON.stringify(states);
      for (const state of states) {
        expect(phoneStateSchema.parse(JSON.parse(JSON.stringify(state)))).to.deep.equal(state);
      }
      expect(JSON.stringify(walkedStates({ seed, steps: 40 }))).to.equal(before);
    }
  });

  it("reaches every kind of screen by such walks", () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 400; seed += 1) {
      for (const state of walkedStates({ seed, steps: 40 })) kinds.add(topOf(state).at);
    }
    expect([...kinds].sort().join(" ")).to.equal(
      "alarms article call cart contact contacts found launcher locked new alarm news notice page product results " +
        "settings share shop start",
    );
  });

  it("stands in another order with every seed", () => {
    const orders = [1, 2, 3].map((seed) => {
      const { apps, settings, contacts, news } = contentsOf(seed);
      return [apps, settings.Settings, contacts.map(({ name }) => name), news.map(({ country }) => country)];
    });
    for (const part of [0, 1, 2, 3]) {
      expect(new Set(orders.map((order) => JSON.stringify(order[part]))).size).to.equal(3);
    }
    const strangers = (seed: number) =>
      contentsOf(seed)
        .contacts.map(({ name }) => name)
        .sort()
        .join();
    expect(new Set([1, 2, 3, 4, 5].map(strangers)).size).to.be.above(1);
  });
});
