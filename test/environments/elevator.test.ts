import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { RIDES } from "../../ts/parsing/planned-ride.ts";

describeEnvironment({
  id: "elevator",
  actions: (_, random) => random.pick(RIDES),
});
