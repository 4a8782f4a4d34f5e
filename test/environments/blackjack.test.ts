import { BLACKJACK_ACTIONS } from "../../ts/environments/blackjack/rules.ts";
import { describeEnvironment } from "./conformance.ts";

describeEnvironment({
  id: "blackjack",
  actions: (_, random) => random.pick(BLACKJACK_ACTIONS),
});
