import { defineJudge } from "../../ts/index.ts";

/**
 * A vision model that judges screenshots of phones, for `coso judge` and `environment.settings.judge`. The reference's,
 * gemini-1.5-pro, is retired. Without `shots` it is shown none that were judged by hand.
 */
export default defineJudge({ endpoint: { kind: "gemini", model: "gemini-2.5-flash" } });
