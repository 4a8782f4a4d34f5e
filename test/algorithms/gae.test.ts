import { expect } from "chai";
import fc from "fast-check";
import type { Bootstrapped } from "../../ts/algorithms/algorithm.ts";
import { gae } from "../../ts/algorithms/gae.ts";
import type { Step } from "../../ts/trajectory.ts";

describe("gae", () => {
  it("computes a worked example", () => {
    // δ_1 = 0 + 0.5·4 − 2 = 0, δ_2 = 1 + 0.5·6 − 4 = 0 … with rewards 1 and 2: δ_1 = 1, δ_2 = 1; A_1 = 1 + 0.25·1.
    const { advantages, returns } = gae({ gamma: 0.5, lambda: 0.5, rewardScale: 1 })([trajectory([1, 2], [2, 4], 6)]);
    expect([...advantages]).to.deep.equal([1.25, 1]);
    expect([...returns]).to.deep.equal([3.25, 5]);
  });

  it("equals the direct sum Σ_l (γλ)^l δ_{t+l} on any trajectories", () => {
    fc.assert(
      fc.property(fc.array(anyTrajectory, { maxLength: 4 }), fraction, fraction, (trajectories, gamma, lambda) => {
        const { advantages, returns } = gae({ gamma, lambda, rewardScale: 1 })(trajectories);
        const expected = trajectories.flatMap((each) => directAdvantages(each, gamma, lambda));
        const values = trajectories.flatMap(({ steps }) => steps.map(({ value }) => value));
        expect(advantages).to.have.length(expected.length);
        for (const [step, advantage] of expected.entries()) {
          expect(advantages[step]).to.be.closeTo(advantage, 1e-4);
          expect(returns[step]).to.be.closeTo(advantage + (values[step] ?? 0), 1e-4);
        }
      }),
    );
  });

  it("is the Monte-Carlo return at λ = 1, whatever the values", () => {
    fc.assert(
      fc.property(anyTrajectory, fraction, ({ steps, ...rest }, gamma) => {
        const { returns } = gae({ gamma, lambda: 1, rewardScale: 1 })([{ steps, ...rest }]);
        const monteCarlo = steps.reduceRight((sum, { reward }) => reward + gamma * sum, rest.bootstrapValue);
        expect(returns[0]).to.be.closeTo(monteCarlo, 1e-4);
      }),
    );
  });

  it("gives the same in other units where rewards are scaled, since values are learnt in those", () => {
    fc.assert(
      fc.property(anyTrajectory, fc.double({ min: 0.01, max: 10, noNaN: true }), (inRewards, scale) => {
        const inUnits = {
          ...inRewards,
          steps: inRewards.steps.map((step) => ({ ...step, value: step.value * scale })),
          bootstrapValue: inRewards.bootstrapValue * scale,
        };
        const { advantages } = gae({ gamma: 0.9, lambda: 0.95, rewardScale: 1 })([inRewards]);
        const scaled = gae({ gamma: 0.9, lambda: 0.95, rewardScale: scale })([inUnits]);
        for (const [step, advantage] of advantages.entries()) {
          expect(scaled.advantages[step]).to.be.closeTo(advantage * scale, 1e-3);
        }
      }),
    );
  });

  it("lets nothing flow between trajectories", () => {
    fc.assert(
      fc.property(anyTrajectory, anyTrajectory, (first, second) => {
        const assign = gae({ gamma: 0.9, lambda: 0.95, rewardScale: 1 });
        const together = assign([first, second]).advantages;
        const apart = [...assign([first]).advantages, ...assign([second]).advantages];
        expect([...together]).to.deep.equal(apart);
      }),
    );
  });
});

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const number = fc.double({ min: -10, max: 10, noNaN: true });
const anyTrajectory = fc
  .tuple(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 }), number)
  .map(([steps, bootstrap]) =>
    trajectory(
      steps.map(([reward]) => reward),
      steps.map(([, value]) => value),
      bootstrap,
    ),
  );

function trajectory(rewards: readonly number[], values: readonly number[], bootstrapValue: number): Bootstrapped {
  const steps = rewards.map(
    (reward, index): Step => ({
      id: index,
      observation: { prompt: "" },
      utterance: "",
      parse: { kind: "action", action: 0, factors: {}, span: [0, 0] },
      action: 0,
      reward,
      terminated: false,
      truncated: false,
      value: values[index] ?? 0,
      tokenCount: 1,
    }),
  );
  return { steps, bootstrapValue };
}

/** Quadratic, straight from the definition (Schulman et al. 2016, Eq. 16). */
function directAdvantages({ steps, bootstrapValue }: Bootstrapped, gamma: number, lambda: number): number[] {
  const values = [...steps.map(({ value }) => value), bootstrapValue];
  const differences = steps.map(({ reward }, t) => reward + gamma * (values[t + 1] ?? 0) - (values[t] ?? 0));
  return steps.map((_, t) =>
    differences.slice(t).reduce((sum, difference, l) => sum + (gamma * lambda) ** l * difference, 0),
  );
}
