"""Follows a run's `metrics.jsonl` into TensorBoard or Weights & Biases; `ts/sinks` starts one process a sink."""
