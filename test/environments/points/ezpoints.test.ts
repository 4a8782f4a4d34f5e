import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { EZPOINTS } from "../../../ts/environments/points/rules.ts";

describeEnvironment({
  id: "ezpoints",
  actions: (_, random) => random.pick(EZPOINTS.actions),
});
