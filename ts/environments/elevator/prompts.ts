/** What the agent is asked, by name. `brief` suits a small model that sees its image at 64×64 pixels. */
export const ELEVATOR_PROMPTS = {
  full: [
    "You run a lift in a house with the floors 0 to 5. The image shows the floor of the lift and the floor of a call.",
    "Bring the lift to the call. The lift does what your plan says: it must name up or down, and how many floors.",
    "Answer with a valid JSON object of this form:",
    '{"lift": "x", "call": "x", "thoughts": "{read out both floors, then think about where the call is}", ' +
      '"plan": "{which way to ride, and how many floors}", "action": "go" or "wait"}',
  ].join("\n"),
  brief: "Bring the lift to the call. Answer in JSON.",
} as const;
