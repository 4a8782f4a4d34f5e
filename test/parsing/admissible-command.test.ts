import { expect } from "chai";
import fc from "fast-check";
import { type CommandMatching, parseAdmissibleCommand } from "../../ts/parsing/admissible-command.ts";

const ADMISSIBLE = [
  "go to cabinet 1",
  "go to cabinet 10",
  "take mug 1 from desk 2",
  "move mug 1 to desk 2",
  "inventory",
  "look",
];

function parsed(utterance: string, admissible = ADMISSIBLE, matching: CommandMatching = "longest") {
  const result = parseAdmissibleCommand(utterance, admissible, matching, (command) => ({ verb: command.slice(0, 2) }));
  return result.kind === "action" ? { action: result.action, text: utterance.slice(...result.span) } : result.reason;
}

const answer = (action: string) => `{"thoughts": "go to cabinet 1 or look", "action": "${action}"}`;

describe("parseAdmissibleCommand", () => {
  it("reads the command behind the first action key, whatever the thoughts say", () => {
    expect(parsed(answer("take mug 1 from desk 2"))).to.deep.equal({
      action: "take mug 1 from desk 2",
      text: "take mug 1 from desk 2",
    });
  });

  it("ignores case, and gives the command in the game's words", () => {
    expect(parsed('{"ACTION": "Go To Cabinet 10"}')).to.deep.equal({
      action: "go to cabinet 10",
      text: "Go To Cabinet 10",
    });
  });

  it("never takes cabinet 1 for cabinet 10, not even where only cabinet 1 is admissible", () => {
    expect(parsed(answer("go to cabinet 10"))).to.have.property("action", "go to cabinet 10");
    expect(parsed(answer("go to cabinet 1"))).to.have.property("action", "go to cabinet 1");
    expect(parsed(answer("go to cabinet 10"), ["go to cabinet 1"])).to.equal("no-legal-action");
    expect(parsed(answer("overlook it"))).to.equal("no-legal-action");
  });

  it("takes the command that is written first where there are several", () => {
    expect(parsed(answer("look, then go to cabinet 1"))).to.have.property("action", "look");
  });

  it("knows what ALFWorld called moving a thing before 0.4, and the other way round", () => {
    for (const wording of ["put mug 1 in/on desk 2", "put mug 1 in desk 2", "put mug 1 on desk 2"]) {
      expect(parsed(answer(wording))).to.deep.equal({ action: "move mug 1 to desk 2", text: wording });
    }
    expect(parsed(answer("move mug 1 to desk 2"), ["put mug 1 in/on desk 2"])).to.have.property(
      "action",
      "put mug 1 in/on desk 2",
    );
  });

  it("says why there is none, and falls back to any admissible command at a cost", () => {
    expect(parsed('{"thoughts": "look"}')).to.equal("no-action-key");
    expect(parsed(answer("fly"))).to.equal("no-legal-action");
    const result = parseAdmissibleCommand("", ["look"], "longest", () => ({}));
    expect(result).to.deep.equal({
      kind: "invalid",
      reason: "no-action-key",
      fallback: { kind: "random", among: [{ instead: "look" }] },
    });
  });

  it("as in the reference takes the first of the list that is contained, and the last 30 characters without a key", () => {
    expect(parsed(answer("go to cabinet 10"), ADMISSIBLE, "reference")).to.have.property("action", "go to cabinet 1");
    expect(parsed("I think that I should have a look", ADMISSIBLE, "reference")).to.have.property("action", "look");
    expect(parsed(`look ${"and think ".repeat(4)}`, ADMISSIBLE, "reference")).to.equal("no-action-key");
  });

  it("finds every admissible command that is written out", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ADMISSIBLE), fc.string(), (command, thoughts) => {
        const utterance = `${thoughts.replaceAll('"action":', "")} "action": "${command}"}`;
        expect(parsed(utterance)).to.deep.equal({ action: command, text: command });
      }),
    );
  });
});
