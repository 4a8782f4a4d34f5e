import small from "../alfworld/small.ts";
import { table2 } from "./table2.ts";

export default table2(small);
