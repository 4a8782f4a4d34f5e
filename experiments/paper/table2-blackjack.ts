import blackjack from "../gym-cards/blackjack.ts";
import { table2 } from "./table2.ts";

export default table2(blackjack);
