"""vLLM as a rollout engine: a process in an environment of its own, which `coso_worker/engines/vllm.py` starts and asks.

Nothing in here needs what the worker needs, nor the other way round, but `messages.py`.
"""
