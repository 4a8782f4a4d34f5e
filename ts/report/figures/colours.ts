/**
 * Colours by what they stand for. Series take those of Okabe and Ito (2008), which stay apart for colour-blind eyes;
 * none of two roles share a value, because {@link themed} finds a role by its value.
 */
export const LIGHT = {
  paper: "#ffffff",
  ink: "#1c2024",
  muted: "#5b636d",
  rule: "#dde1e6",
  blue: "#0072b2",
  vermillion: "#d55e00",
  green: "#009e73",
  purple: "#b65a8f",
  sky: "#56b4e9",
  orange: "#e69f00",
} as const;

export type Colour = keyof typeof LIGHT;

/** The same roles on a dark page: hues kept, lightness raised until text and lines stand out. */
export const DARK: Readonly<Record<Colour, string>> = {
  paper: "#15181c",
  ink: "#e4e7eb",
  muted: "#9ba4af",
  rule: "#30363d",
  blue: "#4ba3e3",
  vermillion: "#f07c34",
  green: "#2fbf95",
  purple: "#dc93bd",
  sky: "#a5d8f7",
  orange: "#f2bd4a",
};

/** For one series after another; beyond these, hues repeat and only the dashes tell series apart. */
export const SERIES_COLOURS: readonly Colour[] = ["blue", "vermillion", "green", "purple", "orange", "sky"];

/** CSS custom properties of a palette, as `--ink: #1c2024; …`. */
export function customProperties(palette: Readonly<Record<Colour, string>>): string {
  return Object.entries(palette)
    .map(([role, value]) => `--${role}: ${value};`)
    .join(" ");
}

/** The same drawing on a dark ground. */
export function darkened(svg: string): string {
  return (Object.keys(LIGHT) as Colour[]).reduce(
    (text, role) => text.replaceAll(`"${LIGHT[role]}"`, `"${DARK[role]}"`),
    svg,
  );
}

/** Makes a light SVG follow the page that it stands in: each colour becomes the page's custom property. */
export function themed(svg: string): string {
  return Object.entries(LIGHT).reduce((text, [role, value]) => text.replaceAll(`"${value}"`, `"var(--${role})"`), svg);
}
