import small from "../alfworld/small.ts";
import { table2 } from "./table2.ts";

/** Table 2's right half at a laptop's size, on games of our own: `../alfworld/small.ts` says how they are made. */
export default table2(small);
