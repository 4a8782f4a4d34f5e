import { NUMBERLINE_ACTIONS } from "../../ts/environments/numberline/rules.ts";
import { describeEnvironment } from "./conformance.ts";

describeEnvironment({
  id: "numberline",
  actions: (_, random) => random.pick(NUMBERLINE_ACTIONS),
});
