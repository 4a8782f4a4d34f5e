/** What an episode asks for. */
export interface PhoneTask {
  /** As the prompt says it, such as `Turn on airplane mode`. */
  readonly instruction: string;
  /** Tasks of one kind are told together in results. */
  readonly kind: string;
}
