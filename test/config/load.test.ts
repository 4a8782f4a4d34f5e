import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { loadExperiment } from "../../ts/config.ts";
import { ConfigError } from "../../ts/errors.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("loadExperiment", () => {
  const path = temporaryFolder();
  const file = (name: string, text: string): string => {
    writeFileSync(path(name), text);
    return path(name);
  };
  const failure = (name: string) =>
    loadExperiment(name).then(
      () => expect.fail("expected a failure"),
      (error: unknown) => error,
    );

  it("applies the command line's seed and settings to the default export", async () => {
    const small = file("small.mjs", `export default ${JSON.stringify(smallExperiment())};`);
    const { seed, algorithm, kl } = await loadExperiment(small, { seed: 9, set: ["algorithm.clip=0.3", "kl=null"] });
    expect({ seed, kl }).to.deep.equal({ seed: 9, kl: null });
    expect(algorithm).to.include({ kind: "ppo", clip: 0.3 });
  });

  it("says what is wrong with a file", async () => {
    expect(await failure(path("absent.ts")))
      .to.be.instanceOf(ConfigError)
      .with.property("message")
      .that.contains("no such file");
    expect(await failure(file("bare.mjs", "export const x = 1;")))
      .to.be.instanceOf(ConfigError)
      .with.property("message")
      .that.contains("no default export");
  });

  it("says how a file is called whose folder makes it CommonJS", async () => {
    const index = fileURLToPath(new URL("../../ts/index.ts", import.meta.url));
    const text = `import { defineExperiment } from ${JSON.stringify(index)};\nexport default defineExperiment({});`;
    const plan = ["bin/coso.mjs", "doctor", "--plan", file("elsewhere.ts", text)];
    const { stderr, exitCode } = await execa(process.execPath, plan, { reject: false });
    expect(exitCode).to.equal(1);
    expect(stderr).to.contain(`(npm pkg set type=module), or call it ${path("elsewhere.mts")}`);
  }).timeout(60_000);

  it("loads every experiment that comes with the project", async () => {
    expect(await loadExperiment("experiments/quickstart.ts")).to.have.nested.property("entropy.kind", "causal");
  });
});
