import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { BLACKJACK_ACTIONS } from "../../ts/environments/blackjack/rules.ts";

describeEnvironment({
  id: "blackjack",
  actions: (_, random) => random.pick(BLACKJACK_ACTIONS),
});
