/** Something a person can mend; its message says how. Anything else that set-up throws is a defect. */
export class SetupProblem extends Error {}
