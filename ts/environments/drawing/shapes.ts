/** Parts of pictograms, as SVG on a field of 24×24. */

export const INK = {
  white: "#ffffff",
  black: "#1a1a1a",
  grey: "#8b9099",
  silver: "#d3d7dd",
  red: "#d42030",
  orange: "#f5821f",
  yellow: "#ffd028",
  lime: "#8fd13f",
  green: "#1b7d3a",
  teal: "#14b3b0",
  sky: "#8fd0f7",
  blue: "#2152cc",
  violet: "#7a2cc0",
  pink: "#ff8ec4",
  brown: "#7b4a20",
  tan: "#d9a866",
  cream: "#f6ecd2",
} as const;
export type Ink = keyof typeof INK;

/** The ink of the plate that a thing lies on, then its shapes from the lowest up. */
export type Pictogram = readonly [plate: Ink, ...shapes: string[]];

export function disc(x: number, y: number, radius: number, ink: Ink): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${INK[ink]}"/>`;
}

export function oval(x: number, y: number, radiusX: number, radiusY: number, ink: Ink): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${radiusX}" ry="${radiusY}" fill="${INK[ink]}"/>`;
}

/** `x`, `y`: the left upper corner; `corner`: the radius of its corners. */
export function box(x: number, y: number, width: number, height: number, ink: Ink, corner = 0): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${corner}" fill="${INK[ink]}"/>`;
}

/** A filled outline, as SVG's path data. */
export function solid(path: string, ink: Ink): string {
  return `<path d="${path}" fill="${INK[ink]}"/>`;
}

/** A line of round ends, as SVG's path data. */
export function line(path: string, ink: Ink, width = 2): string {
  return `<path d="${path}" fill="none" stroke="${INK[ink]}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}
