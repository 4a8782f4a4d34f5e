import { POINTS24 } from "../../../ts/environments/points/rules.ts";
import { describeEnvironment } from "../conformance.ts";

describeEnvironment({
  id: "points24",
  actions: (_, random) => random.pick(POINTS24.actions),
});
