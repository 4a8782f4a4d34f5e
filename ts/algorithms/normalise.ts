/** RL4VLM's guard against division by zero. */
const epsilon = 1e-5;

/**
 * Advantages with mean 0 and standard deviation 1 (unbiased) over the batch: `(A − mean) / (max(std, floor) + ε)`.
 * A `floor` above 0 keeps the noise of a batch in which nearly every episode succeeds from being blown up to 1.
 */
export function normaliseAdvantages(advantages: Float32Array, floor: number): Float32Array {
  if (advantages.length < 2) return advantages.slice();
  const mean = advantages.reduce((sum, advantage) => sum + advantage, 0) / advantages.length;
  const squares = advantages.reduce((sum, advantage) => sum + (advantage - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (advantages.length - 1));
  const scale = Math.max(deviation, floor) + epsilon;
  return advantages.map((advantage) => (advantage - mean) / scale);
}
