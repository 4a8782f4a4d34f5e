/** A request for something that is not there, or that cannot be read; the message is shown. */
export class Missing extends Error {
  override name = "Missing";
}
