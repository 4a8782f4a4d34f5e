import type { MiddlewareHandler } from "hono";

/** Names by which a browser on this machine reaches the server. */
const OWN_NAMES = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Answers only what was sent to this machine by name. A page elsewhere can make its own name point here ("DNS
 * rebinding"), but not change the Host header that the browser sends; nor can it ask in the name of another origin unseen.
 */
export const ownHostOnly: MiddlewareHandler = async (context, next) => {
  const host = context.req.header("host") ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const site = context.req.header("sec-fetch-site") ?? "none";
  const isOwn = OWN_NAMES.has(name) && (site !== "cross-site" || context.req.header("sec-fetch-mode") === "navigate");
  return isOwn ? next() : context.json({ error: `expected a request to 127.0.0.1 or localhost, got ${host}` }, 403);
};

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** No answer runs anything but the viewer's own script, whatever text a model wrote. */
export const strictHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", PAGE_POLICY);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-resource-policy", "same-origin");
};
