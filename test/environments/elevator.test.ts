import { RIDES } from "../../ts/parsing/planned-ride.ts";
import { describeEnvironment } from "./conformance.ts";

describeEnvironment({
  id: "elevator",
  actions: (_, random) => random.pick(RIDES),
});
