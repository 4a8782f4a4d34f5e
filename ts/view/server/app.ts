import { Hono } from "hono";
import { etag } from "hono/etag";
import { z } from "zod";
import { CosoError } from "../../errors.ts";
import { html } from "../../report/html.ts";
import { imageName } from "../../report/run-schema.ts";
import type { Library } from "../reading/library.ts";
import type { ViewedRun } from "../reading/viewed-run.ts";
import type { ClientFiles } from "./client-files.ts";
import { episodePage, listQuery } from "./episode-list.ts";
import { encountersAt, episodeDetail } from "./episode-views.ts";
import { ownHostOnly, strictHeaders } from "./guard.ts";
import { Missing } from "./missing.ts";
import { imageFile, pageFile, WRITTEN_POLICY } from "./run-files.ts";
import { curvesOf, runDetail, runEntry } from "./run-views.ts";

const observation = z
  .object({
    image: imageName.nullable().default(null),
    prompt: z.string().default(""),
    episode: z.coerce.number().int().optional().describe("With `step`, from 0: shown first."),
    step: z.coerce.number().int().optional(),
  })
  .transform(({ image, prompt, episode, step }) => ({
    image,
    prompt,
    first: episode === undefined || step === undefined ? null : { episode, step },
  }));

/** Every address that the viewer answers. All of them read; none changes anything. */
export function viewerApp(library: Library, files: ClientFiles): Hono {
  const app = new Hono();
  app.use(ownHostOnly, strictHeaders);
  // Pages ask again and again; what has not changed since costs them nothing.
  app.use("/api/*", etag());

  const runNamed = async (id: string): Promise<ViewedRun> => {
    const run = await library.run(id);
    if (run === undefined) throw new Missing(`no run "${id}" in ${library.root}`);
    return run;
  };

  app.get("/api/runs", async (context) =>
    context.json({ root: library.root, runs: await Promise.all((await library.runs()).map(runEntry)) }),
  );
  app.get("/api/runs/:run", async (context) => context.json(await runDetail(await runNamed(context.req.param("run")))));
  app.get("/api/runs/:run/curves", async (context) =>
    context.json(await curvesOf(await runNamed(context.req.param("run")), context.req.queries("metric") ?? [])),
  );
  app.get("/api/runs/:run/episodes", async (context) => {
    const query = listQuery.safeParse(context.req.query());
    if (!query.success) return context.json({ error: z.prettifyError(query.error) }, 400);
    return context.json(await episodePage(await runNamed(context.req.param("run")), query.data));
  });
  app.get("/api/runs/:run/episodes/:number", async (context) => {
    const { run, number } = context.req.param();
    const viewed = await runNamed(run);
    const episode = await episodeDetail(viewed, Number(number));
    if (episode === undefined) {
      const { length } = viewed.episodes.all;
      throw new Missing(
        `no episode "${number}" here; the run has ${length === 0 ? "none yet" : `${length}, numbered from 1`}`,
      );
    }
    return context.json(episode);
  });
  app.get("/api/runs/:run/encounters", async (context) => {
    const query = observation.safeParse(context.req.query());
    if (!query.success) return context.json({ error: z.prettifyError(query.error) }, 400);
    return context.json(await encountersAt(await runNamed(context.req.param("run")), query.data));
  });

  app.get("/images/:run/:name", async (context) => {
    const image = await present(imageFile(await runNamed(context.req.param("run")), context.req.param("name")));
    // Named by its content, so it never changes.
    return context.body(image, 200, {
      "content-type": "image/png",
      "cache-control": "private, max-age=31536000, immutable",
    });
  });
  app.get("/pages/:run/:kind/:path{.+}", async (context) => {
    const { run, kind, path } = context.req.param();
    const { content, type } = await present(pageFile(await runNamed(run), kind, path));
    return context.body(content, 200, { "content-type": type, "content-security-policy": WRITTEN_POLICY });
  });

  app.get("/page.js", (context) =>
    context.body(files.script, 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
  app.get("/style.css", (context) => context.body(files.style, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/icon.svg", (context) => context.body(ICON, 200, { "content-type": "image/svg+xml" }));
  for (const folder of ["/api/*", "/images/*", "/pages/*"]) {
    app.get(folder, (context) => {
      throw new Missing(`nothing at ${context.req.path}`);
    });
  }
  // The page finds out from its address what it shows.
  app.get("*", (context) => context.html(SHELL));

  app.onError((error, context) => {
    if (error instanceof Missing) return context.json({ error: error.message }, 404);
    if (error instanceof CosoError) return context.json({ error: error.message }, 500);
    throw error;
  });
  return app;
}

async function present<T extends object>(looking: Promise<T | undefined>): Promise<T> {
  const found = await looking;
  if (found === undefined) throw new Missing("nothing there by this name");
  return found;
}

const SHELL = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>CoSo viewer</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/page.js"></script>
</head>
<body><div id="app"></div><noscript>This page needs JavaScript; nothing of it comes from elsewhere than this machine.</noscript></body>
</html>
`.markup;

/** Tokens in a row, of which one decides. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0072b2"/><g fill="#fff"><rect x="6" y="14" width="5" height="8" rx="1.5" opacity=".6"/><rect x="13.5" y="7" width="5" height="15" rx="1.5" fill="#f2bd4a"/><rect x="21" y="14" width="5" height="8" rx="1.5" opacity=".6"/></g></svg>`;
