import { expect } from "chai";
import { commandFactors } from "../../ts/environments/alfworld/factors.ts";
import { parseWrittenCommand } from "../../ts/parsing/written-command.ts";

function parsed(utterance: string) {
  const result = parseWrittenCommand(utterance, commandFactors);
  return result.kind === "action" ? { action: result.action, text: utterance.slice(...result.span) } : result.reason;
}

const answer = (action: string) => `{"thoughts": "open drawer 3 or look", "action": "${action}"}`;

describe("parseWrittenCommand", () => {
  const commands = [
    "look",
    "inventory",
    "go to cabinet 10",
    "open fridge 1",
    "close fridge 1",
    "use desklamp 1",
    "examine mug 2",
    "take mug 1 from desk 2",
    "move mug 1 to desk 2",
    "put mug 1 in/on desk 2",
    "put mug 1 in desk 2",
    "clean mug 1 with sinkbasin 1",
    "heat egg 1 with microwave 1",
    "cool egg 1 with fridge 1",
    "slice bread 1 with knife 1",
  ];
  for (const command of commands) {
    it(`reads "${command}" behind the action key, whatever the thoughts say`, () => {
      expect(parsed(answer(command))).to.deep.equal({ action: command, text: command });
    });
  }

  it("ignores case, and knows where the command stands", () => {
    const utterance = '{"Action": "I will Take Mug 1 from Desk 2."}';
    expect(parsed(utterance)).to.deep.equal({ action: "take mug 1 from desk 2", text: "Take Mug 1 from Desk 2" });
  });

  it("tells what is missing", () => {
    expect(parsed("look")).to.equal("no-action-key");
    expect(parsed(answer("overlook it"))).to.equal("no-legal-action");
    expect(parsed(answer("take mug 1"))).to.equal("no-legal-action");
    expect(parsed(answer("go to cabinet"))).to.equal("no-legal-action");
  });

  it("takes the label of each factor from the command", () => {
    const result = parseWrittenCommand(answer("heat egg 1 with microwave 1"), commandFactors);
    expect(result).to.have.property("factors").that.includes({ verb: "heat", object: "egg", receptacle: "microwave" });
  });
});
