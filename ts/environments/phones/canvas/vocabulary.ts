/** What there is on simulated phones, by the words that screens and instructions use. */

/** Apps that can do something. */
export const WORKING_APPS = ["Settings", "Clock", "Contacts", "Browser"] as const;
/** Apps that ask to sign in, and let nobody do so. */
export const LOCKED_APPS = ["Mail", "Music", "Maps", "Camera", "Photos", "Files", "Games", "Weather"] as const;
export const APPS = [...WORKING_APPS, ...LOCKED_APPS] as const;
export type App = (typeof APPS)[number];

export const SECTIONS = ["Settings", "Display", "Sound"] as const;
export type Section = (typeof SECTIONS)[number];

/** The switches of each page of the settings. */
export const SWITCHES_OF = {
  Settings: ["Wi-Fi", "Bluetooth", "Airplane mode", "Hotspot", "Location"],
  Display: ["Dark mode", "Night light", "Auto-rotate"],
  Sound: ["Do not disturb", "Vibration"],
} as const satisfies Record<Section, readonly string[]>;
export const SWITCHES = [...SWITCHES_OF.Settings, ...SWITCHES_OF.Display, ...SWITCHES_OF.Sound] as const;
export type Switch = (typeof SWITCHES)[number];
/** On after every reset; the others are off, so that what a task asks for is never so already. */
export const ON_AT_FIRST: readonly Switch[] = ["Wi-Fi", "Location", "Auto-rotate", "Vibration"];

/** Of a new alarm. */
export const HOURS = Array.from({ length: 18 }, (_, index) => index + 5);
export const MINUTES = [0, 15, 30, 45] as const;
/** Alarms that every phone has, off; none is a time that a new one can have. */
export const OLD_ALARMS = ["6:20", "8:50", "14:10", "21:40"] as const;

/** On every phone. Every name has its own initial. */
export const PEOPLE = ["Mia", "Noah", "Emma", "Liam", "Zoe", "Omar", "Ivan", "Ruth", "Kofi", "Tara"] as const;
/** Of whom every phone has two. */
export const STRANGERS = ["Anna", "Bill", "Cora", "Dan", "Finn", "Gita", "Hugo", "Jane"] as const;

/** In the news of every phone. */
export const COUNTRIES = [
  "Chile",
  "Japan",
  "France",
  "Italy",
  "Germany",
  "Sweden",
  "Peru",
  "Ukraine",
  "Nigeria",
  "Belgium",
] as const;
/** Of which the news have two. */
export const OTHER_COUNTRIES = ["Colombia", "Ireland", "Poland", "Mali"] as const;
export const HEADLINES = [
  "new metro line opens",
  "a very warm week",
  "team wins the final",
  "bridge to be rebuilt",
  "prices fall again",
  "museum sets a record",
  "storm on the coast",
  "trains to run at night",
] as const;

export const NEWS_SITE = "dailynews.com";
export const SHOPS = ["bigmart.com", "gadgo.com", "homely.com", "buyfox.com"] as const;
export type Shop = (typeof SHOPS)[number];
export const NOUNS = [
  "lamp",
  "chair",
  "kettle",
  "mug",
  "backpack",
  "headset",
  "clock",
  "camera",
  "bottle",
  "umbrella",
  "sofa",
  "guitar",
] as const;
export type Noun = (typeof NOUNS)[number];
export const COLOURS = ["red", "blue", "green", "black", "white", "yellow"] as const;
export type ProductColour = (typeof COLOURS)[number];
export const BRANDS = ["Nova", "Ikon", "Vela", "Orbi", "Zen", "Luma"] as const;
/** How many brands a shop has of each thing. */
export const BRANDS_PER_THING = 3;
