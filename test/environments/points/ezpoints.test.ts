import { EZPOINTS } from "../../../ts/environments/points/rules.ts";
import { describeEnvironment } from "../conformance.ts";

describeEnvironment({
  id: "ezpoints",
  actions: (_, random) => random.pick(EZPOINTS.actions),
});
