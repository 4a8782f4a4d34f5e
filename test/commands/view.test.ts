import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { serveViewer } from "../../ts/view/serve.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("coso view", function () {
  this.timeout(60_000);
  const path = temporaryFolder();
  const coso = (...args: string[]) =>
    execa("node", ["bin/coso.mjs", "view", ...args], { reject: false, timeout: 50_000 });

  it("says where it listens, answers there, and ends well with Ctrl-C", async () => {
    mkdirSync(path("runs"));
    const running = coso(path("runs"), "--port", "0");
    const [said] = (await once(running.stdout, "data")) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said.toString())?.[0] ?? "";
    expect(await (await fetch(`${url}api/runs`)).json()).to.deep.equal({ root: path("runs"), runs: [] });
    expect(await (await fetch(`${url}page.js`)).text()).to.include("The viewer does not answer");
    running.kill("SIGINT");
    const { exitCode, stderr } = await running;
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: "" });
  });

  it("names what is wrong with its folder or port", async () => {
    writeFileSync(path("file"), "");
    const [file, port] = await Promise.all([coso(path("file")), coso(path("runs"), "--port", "70000")]);
    expect(file.exitCode).to.equal(1);
    expect(file.stderr).to.match(/RunFolderError: .*file is not a directory: expected a folder of runs/);
    expect(port.stderr).to.include('Expected a port from 0 to 65535, got "70000"');
  });

  it("does not take a port that is taken", async () => {
    const first = await serveViewer(path("runs"), 0);
    const port = Number(new URL(first.url).port);
    const error = await serveViewer(path("runs"), port).then(
      (second) => second.close(),
      (reason: unknown) => reason,
    );
    await first.close();
    expect(String(error)).to.match(/ConfigError: --port \d+: cannot listen on 127.0.0.1 \(EADDRINUSE\)/);
  });
});
