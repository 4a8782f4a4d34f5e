/** Something a person can mend; its message says how. Anything else that set-up throws is a defect. */
export class SetupProblem extends Error {
  /**
   * @param {string} message
   * @param {{ wasKilled?: boolean }} [options] `wasKilled`: a command was ended from outside, and may have left half of
   *   its work
   */
  constructor(message, { wasKilled = false } = {}) {
    super(message);
    this.wasKilled = wasKilled;
  }
}
