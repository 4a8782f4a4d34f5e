import { box, disc, line, oval, type Pictogram, solid } from "../../../drawing/shapes.ts";
import type { App, NEWS_SITE, Section, Shop, Switch } from "../vocabulary.ts";

export const APP_ICONS: Readonly<Record<App, Pictogram>> = {
  Settings: [
    "grey",
    line("M12 2V22M2 12H22M5 5L19 19M5 19L19 5", "white", 4),
    disc(12, 12, 7, "white"),
    disc(12, 12, 3.5, "grey"),
  ],
  Clock: ["black", disc(12, 12, 10, "white"), line("M12 5V12L17 15", "red", 2.4)],
  Contacts: ["orange", disc(12, 8, 5, "white"), solid("M2 23Q2 14 12 14T22 23Z", "white")],
  Browser: [
    "green",
    disc(12, 12, 10, "white"),
    line("M2 12H22M12 2V22M12 2Q4 12 12 22M12 2Q20 12 12 22", "green", 1.6),
  ],
  Mail: ["red", box(2, 5, 20, 14, "white", 1), line("M2 6L12 14L22 6", "red")],
  Music: ["violet", disc(7, 19, 4, "white"), line("M10 19V4L19 3V15", "white", 2.4), disc(16, 15, 4, "white")],
  Maps: ["lime", solid("M12 23Q4 13 4 9A8 8 0 0 1 20 9Q20 13 12 23Z", "red"), disc(12, 9, 3.5, "white")],
  Camera: ["silver", box(1, 6, 22, 15, "black", 2), box(7, 3, 8, 4, "black"), disc(12, 13, 5, "sky")],
  Photos: ["yellow", disc(18, 6, 3.5, "red"), solid("M0 22L8 8L15 18L18 14L24 22Z", "green")],
  Files: ["brown", solid("M1 5H9L12 8H23V21H1Z", "tan"), line("M1 11H23", "brown")],
  Games: [
    "teal",
    box(0, 7, 24, 12, "black", 6),
    line("M7 10V16M4 13H10", "white"),
    disc(16, 15, 1.8, "red"),
    disc(20, 11, 1.8, "yellow"),
  ],
  Weather: ["blue", disc(16, 8, 6, "yellow"), oval(10, 16, 9, 5, "white"), disc(10, 13, 5, "white")],
};

export const SETTING_ICONS: Readonly<Record<Switch | Section, Pictogram>> = {
  Settings: APP_ICONS.Settings,
  Display: ["yellow", box(1, 3, 22, 15, "black", 1), box(3, 5, 18, 11, "sky"), line("M8 21H16", "black", 3)],
  Sound: ["pink", solid("M2 9H7L13 3V21L7 15H2Z", "black"), line("M16 8Q19 12 16 16M19 5Q24 12 19 19", "black")],
  "Wi-Fi": ["sky", line("M1 9Q12 -1 23 9M5 13Q12 7 19 13", "blue", 3), disc(12, 19, 3, "blue")],
  Bluetooth: ["blue", line("M6 7L18 17L12 22V2L18 7L6 17", "white", 2.4)],
  "Airplane mode": [
    "orange",
    solid("M12 0L14.5 8L24 14V17L14 14.5V19L17 22V24L12 22.5L7 24V22L10 19V14.5L0 17V14L9.5 8Z", "white"),
  ],
  Hotspot: ["lime", disc(12, 14, 3, "black"), line("M5 20A10 10 0 1 1 19 20M8 17A5.5 5.5 0 1 1 16 17", "black", 2.2)],
  Location: ["red", solid("M12 23Q4 13 4 9A8 8 0 0 1 20 9Q20 13 12 23Z", "white"), disc(12, 9, 3.5, "red")],
  "Dark mode": ["black", solid("M16 2A11 11 0 1 0 16 22A10 10 0 0 1 16 2Z", "yellow")],
  "Night light": ["brown", solid("M4 12L8 2H16L20 12Z", "yellow"), line("M12 12V21M7 22H17", "yellow")],
  "Auto-rotate": [
    "teal",
    line("M4 12A8 8 0 0 1 19 8M20 12A8 8 0 0 1 5 16", "white", 3),
    solid("M15 9H23V2Z", "white"),
    solid("M9 15H1V22Z", "white"),
  ],
  "Do not disturb": ["violet", disc(12, 12, 10, "white"), box(5, 10, 14, 4, "violet")],
  Vibration: ["green", box(8, 2, 8, 20, "white", 1), line("M4 7V17M20 7V17M1 10V14M23 10V14", "white")],
};

export const SITE_ICONS: Readonly<Record<Shop | typeof NEWS_SITE, Pictogram>> = {
  "dailynews.com": [
    "white",
    box(2, 2, 20, 5, "black"),
    box(2, 10, 8, 12, "grey"),
    line("M13 11H22M13 16H22M13 21H22", "black"),
  ],
  "bigmart.com": ["blue", solid("M2 9L5 2H19L22 9Z", "yellow"), box(4, 10, 16, 12, "white"), box(9, 14, 6, 8, "blue")],
  "gadgo.com": [
    "orange",
    box(5, 5, 14, 14, "black"),
    line("M2 8H5M2 16H5M19 8H22M19 16H22M8 2V5M16 2V5M8 19V22M16 19V22", "black"),
    box(9, 9, 6, 6, "orange"),
  ],
  "homely.com": ["lime", solid("M12 1L24 12H0Z", "red"), box(4, 12, 16, 10, "white"), box(10, 15, 5, 7, "brown")],
  "buyfox.com": [
    "cream",
    solid("M2 2L9 7H15L22 2L20 14L12 22L4 14Z", "orange"),
    disc(8.5, 12, 1.6, "black"),
    disc(15.5, 12, 1.6, "black"),
    disc(12, 19, 2, "black"),
  ],
};

export const SIGN_ICONS = {
  share: [
    "sky",
    line("M18 5L6 12L18 19", "black"),
    disc(18, 5, 4, "black"),
    disc(6, 12, 4, "black"),
    disc(18, 19, 4, "black"),
  ],
  cart: ["cream", line("M0 3H4L8 16H19L22 6H6", "black"), disc(9, 21, 2.4, "black"), disc(18, 21, 2.4, "black")],
  call: ["green", solid("M3 3L8 1L11 8L8 10Q10 15 14 16L16 13L23 16L21 21Q18 24 12 21Q4 16 3 3Z", "white")],
  star: ["black", solid("M12 1L15.5 8.5L23.5 9.5L17.5 15L19 23L12 19L5 23L6.5 15L0.5 9.5L8.5 8.5Z", "yellow")],
  "no star": ["white", line("M12 2L15 9L23 10L17 15L18.500 22L12 18.500L5.500 22L7 15L1 10L9 9Z", "black", 1.8)],
  bookmark: ["red", solid("M6 2H18V22L12 16L6 22Z", "white")],
  page: ["sky", box(4, 1, 16, 22, "white"), line("M7 7H17M7 12H17M7 17H13", "black", 1.8)],
  alarm: ["red", disc(12, 13, 9, "white"), line("M12 7V13H16", "black"), line("M2 6L6 2M22 6L18 2", "white", 3)],
} as const satisfies Readonly<Record<string, Pictogram>>;
