import ezpoints from "../gym-cards/ezpoints.ts";
import { table2 } from "./table2.ts";

export default table2(ezpoints);
