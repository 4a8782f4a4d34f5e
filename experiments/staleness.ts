import { defineComparison } from "../ts/index.ts";
import quickstart from "./quickstart.ts";

const apart = { ...quickstart.worker, engine: { kind: "transformers", ownProcess: true } } as const;
const ahead = { ...quickstart.rollout, staleness: 1 };

/**
 * What it costs to learn from what the policy of one update earlier said (`rollout.staleness`): CoSo on policy, one update
 * behind, and one behind with truncated importance weights.
 *
 * The protocol, written down before any of its runs:
 * - NumberLine as in the quickstart, 24 iterations of 256 steps whatever happens: no early stop, and the last policy is the
 *   one that is reported. Evaluations of 100 episodes every fourth iteration only watch; no rollout runs ahead over them,
 *   so that 18 of the 24 rollouts are one update behind.
 * - Each seed changes the demonstrations, the initial weights, SFT, the SCM and RL. Methods share a seed's SFT.
 * - Nothing is tuned: α, learning rates and all else are the quickstart's, which were chosen on policy. C is 2.
 * - Five fresh seeds a method.
 */
export default defineComparison({
  name: "staleness",
  base: {
    ...quickstart,
    evaluation: { episodes: 200, selection: { keep: "last", every: 4, episodes: 100 } },
    checkpoint: { every: 4, keep: 1 },
  },
  methods: {
    "on-policy": { experiment: {}, tuned: false },
    behind: { experiment: { worker: apart, rollout: ahead }, tuned: false },
    "behind-weighted": { experiment: { worker: apart, rollout: ahead, mismatch: { truncation: 2 } }, tuned: false },
  },
  seeds: [40, 41, 42, 43, 44],
});
