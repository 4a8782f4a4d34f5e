import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { POINTS24 } from "../../../ts/environments/points/rules.ts";

describeEnvironment({
  id: "points24",
  actions: (_, random) => random.pick(POINTS24.actions),
});
