import { expect } from "chai";
import { FakeCheckout, type FakePython, lockOf } from "./fake-checkout.ts";

const GOOD: FakePython = { version: "3.12.4", hasVenv: true };
const NETWORK_DOWN = "NewConnectionError: Failed to establish a new connection: [Errno 101] Network is unreachable";

describe("npm run setup", () => {
  let checkout: FakeCheckout;

  beforeEach(() => {
    checkout = new FakeCheckout({ "python3.12": GOOD });
  });

  afterEach(() => checkout.dispose());

  it("installs a fresh checkout, torch before the rest, and says what it does", async () => {
    const { code, output } = await checkout.setUp();
    expect(checkout.calls()).to.deep.equal([
      "npm ci",
      "python3.12 -m venv",
      "pip install torch==2.13.0",
      "pip install requirements.txt",
    ]);
    expect(output).to.match(/node_modules.*\n {2}took [\d.]+ s\n.*\.venv with python3\.12 \(Python 3\.12\.4\)/);
    expect(output)
      .to.match(/PyTorch 2\.13\.0/)
      .and.to.match(/Set-up finished in [\d.]+ s/);
    expect(code).to.equal(0);
  });

  it("does nothing and says nothing when there is nothing to do", async () => {
    await checkout.setUp();
    checkout.calls();
    expect(await checkout.setUp(["--quiet"])).to.deep.equal({ code: 0, output: "" });
    expect((await checkout.setUp()).output).to.match(/^Everything is in place/);
    expect(checkout.calls()).to.deep.equal([]);
  });

  it("adds the tools for tests and checks only where they are asked for, and keeps them", async () => {
    await checkout.setUp();
    checkout.calls();
    await checkout.setUp(["--dev"]);
    expect(checkout.calls()).to.deep.equal(["pip install requirements-dev.txt"]);
    await checkout.setUp();
    await checkout.setUp(["--dev"]);
    expect(checkout.calls()).to.deep.equal([]);
  });

  it("follows a changed pin without a new .venv", async () => {
    await checkout.setUp();
    checkout.calls();
    checkout.write("requirements.txt", "torch==2.13.0\nnumpy==2.5.0\n");
    await checkout.setUp();
    expect(checkout.calls()).to.deep.equal(["pip install torch==2.13.0", "pip install requirements.txt"]);
  });

  it("follows a changed lock file", async () => {
    await checkout.setUp();
    checkout.calls();
    checkout.write("package-lock.json", lockOf({ left: "1.0.1" }));
    await checkout.setUp();
    expect(checkout.calls()).to.deep.equal(["npm ci"]);
  });

  it("installs anew what npm did not finish", async () => {
    await checkout.setUp();
    checkout.calls();
    checkout.remove("node_modules/.package-lock.json");
    await checkout.setUp();
    expect(checkout.calls()).to.deep.equal(["npm ci"]);
  });

  it("goes on where pip gave up, without making .venv anew", async () => {
    expect((await checkout.setUp([], { FAKE_PIP_FAILURE: NETWORK_DOWN })).code).to.equal(1);
    expect(checkout.calls()).to.include("python3.12 -m venv");
    await checkout.setUp();
    expect(checkout.calls()).to.deep.equal(["pip install torch==2.13.0", "pip install requirements.txt"]);
    expect((await checkout.setUp(["--quiet"])).output).to.equal("");
  });

  for (const victim of ["setup", "pip"]) {
    it(`makes .venv anew where ${victim} was killed in the middle`, async () => {
      expect((await checkout.setUp([], { FAKE_PIP_KILLS: victim })).code).to.equal(victim === "setup" ? null : 1);
      checkout.calls();
      expect((await checkout.setUp()).code).to.equal(0);
      expect(checkout.calls()).to.include("python3.12 -m venv");
      expect((await checkout.setUp(["--quiet"])).output).to.equal("");
    });
  }

  it("builds .venv anew when its Python is gone, and installs a package that is", async () => {
    await checkout.setUp();
    checkout.calls();
    checkout.remove(".venv/site-packages/numpy-2.4.6+cpu.dist-info");
    await checkout.setUp();
    expect(checkout.calls()).to.include("pip install requirements.txt").and.not.include("python3.12 -m venv");
    checkout.remove(".venv/bin/python");
    await checkout.setUp();
    expect(checkout.calls()).to.include("python3.12 -m venv");
  });

  it("lets one of two set-ups at the same time do the work", async () => {
    const outcomes = await Promise.all([checkout.setUp(), checkout.setUp()]);
    expect(outcomes.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(checkout.calls().filter((call) => call === "npm ci")).to.have.length(1);
  });

  describe("in a project that has the package in its node_modules", () => {
    const inProject = (...args: string[]) => checkout.setUp(["--home", checkout.path("project"), ...args]);

    beforeEach(() => {
      checkout.write("project/package.json", "{}");
      // Neither is in the package.
      checkout.remove("requirements-dev.txt");
      checkout.remove("package-lock.json");
    });

    it("makes .venv there, from the package's requirements, and leaves node_modules to npm", async () => {
      expect((await inProject()).code).to.equal(0);
      expect(checkout.calls("project")).to.deep.equal([
        "python3.12 -m venv",
        "pip install torch==2.13.0",
        "pip install ../requirements.txt",
      ]);
      expect(await inProject("--quiet")).to.deep.equal({ code: 0, output: "" });
      expect([...checkout.calls("project"), ...checkout.calls()]).to.deep.equal([]);
    });

    it("touches no .venv of somebody else's", async () => {
      checkout.write("project/.venv/bin/python", "theirs");
      const { code, output } = await inProject();
      expect(code).to.equal(1);
      expect(output)
        .to.match(/project\/\.venv is there already/)
        .and.to.include("rm -rf .venv && npx coso setup");
      expect(output).to.include("COSO_PYTHON=").and.to.include("-m pip install -r ../requirements.txt");
      expect(checkout.calls("project")).to.deep.equal([]);
    });
  });

  describe("explains", () => {
    it("a Node that is too old, before anything else", async () => {
      const pretend = `Object.defineProperty(process.versions, "node", { value: "18.20.4" })`;
      const { code, output } = await checkout.setUp([], {}, ["--import", `data:text/javascript,${pretend}`]);
      expect(output).to.match(/Node 20\.19 or newer is needed, but this is Node 18\.20\.4/);
      expect(output).to.include("nvm install 20").and.to.include("fnm install 20");
      expect(code).to.equal(1);
      expect(checkout.calls()).to.deep.equal([]);
    });

    it("a Python without venv", async () => {
      checkout.addPython("python3.12", { version: "3.12.4", hasVenv: false });
      const { code, output } = await checkout.setUp();
      expect(output).to.include("python3.12 (Python 3.12.4)").and.to.include("sudo apt-get install python3-venv");
      expect(code).to.equal(1);
      expect(checkout.calls(), "before any download").to.deep.equal([]);
    });

    it("a Python that is too old, and takes a newer one where there is one", async () => {
      const old = new FakeCheckout({ python3: { version: "3.9.2", hasVenv: true } });
      const { code, output } = await old.setUp();
      expect(output).to.include("Python 3.11 to 3.14 is needed, but set-up found only python3 (3.9.2)");
      expect(code).to.equal(1);
      old.addPython("python", GOOD);
      expect((await old.setUp()).output).to.include(".venv with python (Python 3.12.4)");
      old.dispose();
    });

    it("that there is no Python", async () => {
      const bare = new FakeCheckout({});
      const { code, output } = await bare.setUp();
      expect(output).to.include("found none (tried python3.13,").and.to.include("apt-get install python3 python3-venv");
      expect(code).to.equal(1);
      bare.dispose();
    });

    it("a COSO_BOOTSTRAP_PYTHON that does not exist", async () => {
      const { code, output } = await checkout.setUp([], { COSO_BOOTSTRAP_PYTHON: "/nowhere/python" });
      expect(output).to.include("tried /nowhere/python").and.to.include("correct or unset that variable");
      expect(code).to.equal(1);
    });

    it("a package index out of reach, with pip's last lines", async () => {
      const { code, output } = await checkout.setUp([], { FAKE_PIP_FAILURE: NETWORK_DOWN });
      expect(output).to.include(NETWORK_DOWN).and.to.include("check the network");
      expect(code).to.equal(1);
    });

    it("a full disk and a platform without wheels", async () => {
      const full = await checkout.setUp([], { FAKE_PIP_FAILURE: "OSError: [Errno 28] No space left on device" });
      expect(full.output).to.include("The disk is full");
      const foreign = await checkout.setUp([], { FAKE_PIP_FAILURE: "ERROR: No matching distribution found for torch" });
      expect(foreign.output).to.include("no wheel of that version for this platform and Python");
    });

    it("an npm registry out of reach", async () => {
      const { code, output } = await checkout.setUp([], { FAKE_NPM_FAILURE: "npm error code ENOTFOUND" });
      expect(output).to.include("npm error code ENOTFOUND").and.to.include("registry cannot be reached");
      expect(code).to.equal(1);
      expect(checkout.calls()).to.deep.equal(["npm ci"]);
    });

    it("an argument that it does not know", async () => {
      const { code, output } = await checkout.setUp(["--fast"]);
      expect(output).to.include("'--fast'").and.to.include("npm run setup -- [--dev] [--quiet]");
      expect(code).to.equal(1);
    });
  });
});
