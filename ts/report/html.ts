/** Markup that may stand in a page as it is. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
  toString(): string {
    return this.markup;
  }
}

export type Content = Html | string | number | null | readonly Content[];

/** A template of markup. Whatever is put in is escaped unless it is {@link Html} itself; null leaves nothing. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(String.raw({ raw: strings }, ...contents.map(render)));
}

/** Markup of our own making, such as a chart's SVG. Never for text that a model or a person wrote. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** For text and for quoted attribute values, in HTML and XML alike. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function render(content: Content): string {
  if (content === null) return "";
  if (content instanceof Html) return content.markup;
  if (typeof content === "string" || typeof content === "number") return escapeMarkup(String(content));
  return content.map(render).join("");
}
