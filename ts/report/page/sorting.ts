import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Html, html, trusted } from "../html.ts";

const SCRIPT = readFileSync(new URL("sort-tables.js", import.meta.url), "utf8");

/** The one script that pages carry. */
export const sortingScript: Html = html`<script>${trusted(SCRIPT)}</script>`;

/** By which a page's policy lets that script run, and no other. */
export const sortingSource = `'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
