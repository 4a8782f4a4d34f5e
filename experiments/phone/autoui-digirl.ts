import { defineExperiment, digirl } from "../../ts/index.ts";
import judge from "./judge.ts";

/** Published weights as they are downloaded, folders relative to the working directory. */
const POLICY = "models/Auto-UI-Base";
const BLIP2 = "models/blip2-opt-2.7b";

/**
 * The row CoSo of Table 1 on AitW General: AutoUI's base under DigiRL, offline to online, on eight emulators at once. **Never
 * run here**: there were neither these weights nor a machine that runs Android, and every part has been tested with small
 * stand-ins alone. It needs, beside the two folders: DigiRL's lists of tasks, an AVD named `coso` with a snapshot `ready`, and a
 * key for the judge.
 *
 * The paper's figures, success in %, mean and spread over 3 seeds:
 *
 * | | General, train | test | WebShopping, train | test |
 * |---|--:|--:|--:|--:|
 * | AutoUI + SFT | 38.8 | 37.6 | 40.3 | 41.5 |
 * | Online Filtered BC | 53.2 ± 7.6 | 50.9 ± 8.2 | 59.5 ± 7.7 | 52.8 ± 6.8 |
 * | DigiRL | 64.6 ± 7.8 | 62.7 ± 5.3 | 68.1 ± 9.5 | 64.2 ± 6.1 |
 * | CoSo | 72.9 ± 5.9 | 71.3 ± 6.5 | 77.0 ± 7.8 | 70.5 ± 8.2 |
 *
 * The others: `--set 'entropy={"kind":"none"}' scm=null` is DigiRL; with `algorithm.critics=null algorithm.mode=online` besides
 * it is Filtered BC, with `iterations=0 algorithm.mode=online` AutoUI + SFT. WebShopping has other lists of tasks and
 * `environment.settings.horizon=20`.
 *
 * Where the numbers come from:
 * - All of AWR: DigiRL's scripts (`ts/presets/digirl.ts`). α = 1.0, φ's learning rate 1e-5: the paper, appendix B.1.
 * - α counts over the mean of an utterance's tokens, and φ learns for 2 epochs an iteration: the published code. 16 episodes
 *   have at most 160 steps, which is 5 batches of 64.
 *
 * What differs:
 * - φ starts untrained, as there are no scripted texts of real phones to train it on; the published code has 500 epochs of
 *   1,024 samples before.
 * - Critics read AutoUI's own states instead of RoBERTa's and BLIP-2's features.
 * - The judge is another model, for the reference's is retired.
 */
export default defineExperiment({
  name: "coso-autoui-general",
  environment: {
    id: "phone/adb",
    settings: { devices: ["avd:coso"], snapshot: "ready", tasks: "tasks/general_train.txt", horizon: 10, judge },
  },
  policy: { kind: "autoui", path: POLICY, vision: BLIP2 },
  ...digirl({ mode: "offline-to-online" }),
  scm: { online: { steps: 5, batchSize: 64, learningRate: 1e-5 } },
  entropy: { kind: "causal", coefficient: 1, reduction: "mean" },
  evaluation: { episodes: 96, environments: 8, settings: { tasks: "tasks/general_test.txt", first: 96 } },
  checkpoint: { every: 10 },
});
