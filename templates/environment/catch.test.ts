import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { catchGame } from "./catch.ts";
import { MOVES } from "./game.ts";

describeEnvironment({ definition: catchGame, actions: (_, random) => random.pick(MOVES) });
