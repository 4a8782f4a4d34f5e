import points24 from "../gym-cards/points24.ts";
import { table2 } from "./table2.ts";

export default table2(points24);
