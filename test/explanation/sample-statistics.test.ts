import { expect } from "chai";
import { formatErrors, outcomeOf } from "../../ts/explanation/outcome.ts";
import { plugInEntropy, type Sample, sampleStatistics } from "../../ts/explanation/sample-statistics.ts";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";
import { wilsonInterval } from "../../ts/report/statistics.ts";

function sample(utterance: string, logProb = -1, entropy = 1): Sample {
  const outcome = outcomeOf(parseKeyedAction(utterance, ["+", "-"]));
  return { utterance, outcome, formatErrors: formatErrors(utterance, outcome), logProb, entropy };
}

const plus = '{"action": "+"}';
const minus = '{"action": "-"}';

describe("what a policy says at one state", () => {
  it("has as many distinct actions as it parses to, an invalid utterance being none", () => {
    const statistics = sampleStatistics([sample(plus), sample(`{"thoughts": "x", "action": "+"}`), sample("no")]);
    expect(statistics).to.include({ samples: 3, distinctActions: 1 });
    expect(statistics.validShare).to.be.closeTo(2 / 3, 1e-12);
    expect(statistics.validInterval).to.deep.equal(wilsonInterval(2, 3));
  });

  it("has an action entropy with all invalid utterances as one outcome", () => {
    // Shares ½, ¼, ¼: ½ ln 2 + 2 · ¼ ln 4.
    const statistics = sampleStatistics([sample(plus), sample(plus), sample("no"), sample('{"action": "+-"}')]);
    expect(statistics.actionEntropy).to.be.closeTo(Math.log(2), 1e-12);
    const three = sampleStatistics([sample(plus), sample(plus), sample(minus), sample("no")]);
    expect(three.actionEntropy).to.be.closeTo(1.5 * Math.log(2), 1e-12);
    expect(plugInEntropy(["a", "a", "a"])).to.equal(0);
  });

  it("has the mean of its utterances' entropies and log-probs, with the error of the mean", () => {
    const statistics = sampleStatistics([sample(plus, -1, 2), sample(plus, -2, 4), sample(plus, -6, 9)]);
    // Deviations −3, −1, 4: variance 13, standard error √(13/3).
    expect(statistics.utteranceEntropy).to.equal(5);
    expect(statistics.utteranceEntropyError).to.be.closeTo(Math.sqrt(13 / 3), 1e-12);
    expect(statistics.logProb).to.equal(-3);
    expect(sampleStatistics([sample(plus)]).utteranceEntropyError).to.equal(null);
  });

  it("is valid JSON or not, whether or not it parses", () => {
    expect(sample(plus).formatErrors).to.deep.equal([]);
    expect(sample('x "action": "+"').formatErrors).to.deep.equal(["not valid JSON"]);
    expect(sample('{"action": "+-"}').formatErrors).to.deep.equal(["ambiguous action"]);
    expect(sample("no").formatErrors).to.deep.equal(["no action key", "not valid JSON"]);
    expect(sampleStatistics([sample(plus), sample('x "action": "+"')])).to.include({ validJson: 0.5, validShare: 1 });
    expect(sampleStatistics([sample(plus)], { format: "text" }).validJson).to.equal(null);
  });
});
