"""vLLM as a rollout engine, in an environment of its own; `coso_worker/engines/vllm.py` starts the process and asks it.

Nothing in here needs what the worker needs, nor the other way round, but `messages.py`.
"""
