import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { execa } from "execa";
import { ConfigError, LauncherError } from "../../ts/errors.ts";
import { Dashboard } from "../../ts/sweep/ray/dashboard.ts";
import { rayHeaders } from "../../ts/sweep/ray/headers.ts";
import { identityOf } from "../../ts/sweep/ray/identity.ts";
import { RayJobs } from "../../ts/sweep/ray/jobs.ts";
import { rayResources } from "../../ts/sweep/ray/resources.ts";
import { storedZip } from "../../ts/sweep/ray/stored-zip.ts";
import { rejection } from "../rejection.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { FakeRay } from "./fake-ray.ts";

describe("a Ray cluster, as sweeps are told of it", function () {
  this.timeout(60_000);
  const path = temporaryFolder();

  it("is a URL, resources and headers; what is none of these is refused", () => {
    expect(rayResources("cpus=4,gpus=0.5, memory=16e9,accelerator_type:H100=0.001")).to.deep.equal({
      cpus: 4,
      gpus: 0.5,
      memory: 16e9,
      custom: { "accelerator_type:H100": 0.001 },
    });
    expect(rayResources("gpus=1")).to.deep.equal({ cpus: 1, gpus: 1, memory: 0, custom: {} });
    expect(() => rayResources("cpus")).to.throw(
      ConfigError,
      "--resources: expected name=amount, such as cpus=4,gpus=1, received cpus",
    );
    expect(() => rayResources("")).to.throw(ConfigError, "received nothing");
    expect(() => rayResources("cpus=")).to.throw(ConfigError, "received cpus=");
    expect(() => rayResources("gpus=-1")).to.throw(ConfigError, "received gpus=-1");
    expect(() => rayResources("GPU=1")).to.throw(ConfigError, "--resources: GPU: did you mean gpus?");
    expect(() => rayResources("gpus=1,gpus=2")).to.throw(
      ConfigError,
      "--resources: gpus: expected once, received twice",
    );

    expect(rayHeaders(undefined)).to.deep.equal({});
    expect(rayHeaders('{"Authorization": "Bearer x"}')).to.deep.equal({ Authorization: "Bearer x" });
    for (const wrong of ["Bearer secret", '["secret"]', '{"a": 1}', '{"a b": "secret"}']) {
      expect(() => rayHeaders(wrong))
        .to.throw(ConfigError, "RAY_JOB_HEADERS")
        .with.property("message")
        .not.contains("secret");
    }
    for (const wrong of ["head:8265", "http://", "127.0.0.1:8265", "ray://head:10001"]) {
      expect(() => new Dashboard(wrong)).to.throw(ConfigError, `such as http://127.0.0.1:8265, received ${wrong}`);
    }
  });

  it("names its version, and who it is that answers instead", async () => {
    const ray = await FakeRay.start({ folder: path("ray"), token: "secret" });
    const other = createServer((_, response) => response.end('{"hello": "there"}')).listen(0, "127.0.0.1");
    await once(other, "listening");
    try {
      const headers = { authorization: "Bearer secret" };
      expect(await new RayJobs(new Dashboard(`${ray.address}/`, { headers })).version()).to.equal("2.60.0");
      const refused = await rejection(new RayJobs(new Dashboard(ray.address)).version());
      expect(refused).to.be.instanceOf(LauncherError);
      expect(refused.message).to.contain("answered 401").and.contain("RAY_JOB_HEADERS");
      const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      const foreign = await rejection(new RayJobs(new Dashboard(address)).version());
      expect(foreign.message).to.equal(`${address}: no Ray cluster's job interface; it answered {"hello": "there"}`);
    } finally {
      await ray.stop();
      other.close();
    }
    const gone = await rejection(new RayJobs(new Dashboard(ray.address)).version());
    expect(gone.message).to.match(/does not answer: .+; start a cluster by ray start --head/);
  });

  it("is sent zip files that other programs read", async () => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_, place) => (place * 7919) % 256));
    writeFileSync(path("sent.zip"), storedZip("run.tgz", content));
    await execa("python3", ["-m", "zipfile", "-t", "sent.zip"], { cwd: path() });
    const { stdout } = await execa(
      "python3",
      ["-c", "import zipfile, sys; sys.stdout.buffer.write(zipfile.ZipFile('sent.zip').read('run.tgz'))"],
      { cwd: path(), encoding: "buffer" },
    );
    expect(Buffer.from(stdout).equals(content)).to.equal(true);
  });

  it("knows a sweep by its folder, and the folder made anew as another", () => {
    const identity = identityOf(path("sweep"));
    expect(identity).to.match(/^[0-9a-f]{16}$/);
    expect(identityOf(path("sweep"))).to.equal(identity);
    expect(identityOf(path("other"))).to.not.equal(identity);
  });
});
