import { type Content, type Html, html } from "../html.ts";
import { LIGHT } from "./colours.ts";

/** A picture that is laid out here rather than by the chart library: text, above all. */
export interface Drawing {
  /** File name without its ending. */
  id: string;
  title: string;
  /** In light colours, a file of its own. */
  svg: string;
}

/** CSS pixels. */
export const MONO = { fontSize: 13, advance: 13 * 0.602 } as const;

export interface TextStyle {
  font?: "sans" | "mono";
  size?: number;
  isBold?: boolean;
  colour?: string;
  anchor?: "start" | "middle";
}

/** `y` is the baseline. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): Html {
  const { font = "sans", size = 13, isBold = false, colour = LIGHT.ink, anchor = "start" } = style;
  const family = font === "mono" ? "DejaVu Sans Mono" : "DejaVu Sans";
  return html`<text x="${rounded(x)}" y="${rounded(y)}" font-family="${family}" font-size="${size}" font-weight="${isBold ? "bold" : "normal"}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
}

export function rectangle(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  fill: string,
  opacity = 1,
): Html {
  return html`<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" fill="${fill}" fill-opacity="${rounded(opacity)}"/>`;
}

/** A PNG file of any size, fitted into a square. */
export function picture(x: number, y: number, side: number, png: Buffer): Html {
  return html`<image x="${x}" y="${y}" width="${side}" height="${side}" href="data:image/png;base64,${png.toString("base64")}"/>
<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="none" stroke="${LIGHT.rule}"/>`;
}

export function svgFile(
  { width, height, title }: { width: number; height: number; title: string },
  body: Content,
): string {
  return html`<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" role="img" aria-label="${title}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${title}</title>
<rect width="100%" height="100%" fill="${LIGHT.paper}"/>
${body}
</svg>
`.markup;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
