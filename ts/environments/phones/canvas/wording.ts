import type { Goal } from "./goal.ts";
import { timeOf } from "./screens/clock.ts";

/** Ways to ask for a goal, in the manner of Android in the Wild; as many for every goal of a kind. */
export function wordingsOf(goal: Goal): readonly string[] {
  switch (goal.kind) {
    case "open app":
      return [`Open ${goal.app}`, `Open the app ${goal.app}`, `Go to ${goal.app}`];
    case "set switches": {
      const wishes = goal.turn.map(({ name, on }) => ({ state: on ? "on" : "off", name: inSentence(name) }));
      const changes = wishes.map(({ state, name }) => `turn ${state} ${name}`);
      const names = wishes.map(({ state, name }) => `switch ${name} ${state}`);
      return [
        capitalised(changes.join(" and ")),
        capitalised(names.join(" and ")),
        `In the settings, ${changes.join(" and ")}`,
      ];
    }
    case "set alarm": {
      const time = timeOf(goal.hour, goal.minute);
      return [`Set an alarm for ${time}`, `Add an alarm at ${time} in the clock`, `Wake me up at ${time}`];
    }
    case "turn on alarm":
      return [
        `Turn on the ${goal.time} alarm`,
        `Turn on the alarm at ${goal.time}`,
        `Switch the ${goal.time} alarm on`,
      ];
    case "open contact":
      return [
        `Open the contact ${goal.name}`,
        `Show ${goal.name} in the contacts`,
        `What's the number of ${goal.name}?`,
      ];
    case "call":
      return [`Call ${goal.name}`, `Make a call to ${goal.name}`, `Open the contacts and call ${goal.name}`];
    case "star contact":
      return [`Star the contact ${goal.name}`, `Star ${goal.name} in the contacts`, `Make ${goal.name} a favourite`];
    case "read news":
      return [
        `Read the news about ${goal.country}`,
        `What's the news in ${goal.country}?`,
        `Open the article on ${goal.country} in the news`,
      ];
    case "save news":
      return [
        `Save the news about ${goal.country}`,
        `Save the article on ${goal.country}`,
        `Open the news and save what they say about ${goal.country}`,
      ];
    case "search web": {
      const query = goal.query.replace(/\w+$/, capitalised);
      return [`Search for ${query}`, `Search the web for ${query}`, `Look up ${query} in the browser`];
    }
    case "visit shop":
      return [`Go to ${goal.shop}`, `Open ${goal.shop} in the browser`, `Visit ${goal.shop}`];
    case "show cart":
      return [
        `Show the cart of ${goal.shop}`,
        `Go to ${goal.shop} and open the cart`,
        `What's in the cart on ${goal.shop}?`,
      ];
    case "search shop":
      return [
        `Go to ${goal.shop}, and search for "${goal.query}"`,
        `Search for "${goal.query}" on ${goal.shop}`,
        `Look up "${goal.query}" on ${goal.shop}`,
      ];
    case "select entry": {
      const entry = ORDINALS[goal.entry] ?? `${goal.entry + 1}th`;
      return [
        `Go to ${goal.shop}, search for "${goal.query}", and select the ${entry} entry`,
        `Search for "${goal.query}" on ${goal.shop}, and select the ${entry} entry`,
        `Open ${goal.shop}, look up "${goal.query}" and open the ${entry} result`,
      ];
    }
    case "add to cart": {
      const thing = `${goal.colour} ${goal.noun}`;
      return [
        `Add a ${thing} to the cart on ${goal.shop}`,
        `Go to ${goal.shop}, search for "${thing}", and add one to the cart`,
        `Put a ${thing} from ${goal.shop} into the cart`,
      ];
    }
  }
}

const ORDINALS = ["first", "second", "third"];

/** Names of their own keep their capital. */
function inSentence(name: string): string {
  return ["Wi-Fi", "Bluetooth"].includes(name) ? name : name.toLowerCase();
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
