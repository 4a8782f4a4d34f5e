import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { NUMBERLINE_ACTIONS } from "../../ts/environments/numberline/rules.ts";

describeEnvironment({
  id: "numberline",
  actions: (_, random) => random.pick(NUMBERLINE_ACTIONS),
});
