import { CosoError } from "../errors.ts";

/** A run was asked to stop and did; what it had is saved. */
export class Interrupted extends CosoError {
  override name = "Interrupted";
}
