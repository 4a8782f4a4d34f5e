import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { ladder } from "./ladder.ts";

describeEnvironment({ definition: ladder, actions: (_, random) => random.pick(["up", "down"] as const) });
