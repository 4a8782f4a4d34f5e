import { expect } from "chai";
import { doctorCommand } from "../../ts/commands/doctor.ts";
import type { Machine } from "../../ts/doctor/machine.ts";
import { probeMachine } from "../../ts/doctor/probe.ts";
import { CosoError } from "../../ts/errors.ts";
import { HEALTHY } from "../fixtures/machine.ts";

const BROKEN: Machine = { ...HEALTHY, zeromq: { kind: "failed", reason: "no addon\nfor this platform" } };

describe("coso doctor", () => {
  it("prints a line a check and fails by name where something is missing", async () => {
    const { printed, error } = await run(BROKEN);
    expect(printed).to.match(/^✔ Node {2,}20\.19\.0$/m);
    expect(printed).to.match(
      /^✖ ZeroMQ binding {2,}no addon\n {20,}for this platform\n {20,}mend: rm -rf node_modules/m,
    );
    expect(error).to.be.instanceOf(CosoError).with.property("message", "Not ready to run: ZeroMQ binding.");
  });

  it("answers with the same as one JSON object", async () => {
    const { printed, error } = await run(BROKEN, "--json");
    const { ok, checks } = JSON.parse(printed);
    expect(ok).to.equal(false);
    expect(checks).to.deep.include({ name: "Node", state: "ok", found: "20.19.0" });
    expect(checks.filter(({ state }: { state: string }) => state === "missing")).to.have.length(1);
    expect(error).to.be.instanceOf(CosoError);
  });

  it("succeeds on a machine that has everything", async () => {
    const { printed, error } = await run(HEALTHY, "--json");
    expect(JSON.parse(printed).ok).to.equal(true);
    expect(error).to.equal(undefined);
  });

  it("finds this machine, on which the tests run, ready", async function () {
    this.timeout(60_000);
    const machine = await probeMachine();
    const { printed, error } = await run(machine);
    expect(error, printed).to.equal(undefined);
    expect(machine.pins).to.deep.include({ name: "torch", version: "2.13.0" });
    expect(machine.node.version).to.equal(process.versions.node);
  });
});

async function run(machine: Machine, ...args: string[]): Promise<{ printed: string; error: unknown }> {
  let printed = "";
  const command = doctorCommand(
    async () => machine,
    (text) => {
      printed += text;
    },
  );
  const error = await command.parseAsync(args, { from: "user" }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { printed, error };
}
