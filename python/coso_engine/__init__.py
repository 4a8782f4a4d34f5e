"""A rollout engine in a process of its own: vLLM in an environment of its own, or one of the worker's policies.

`coso_worker/engines/separate.py` starts the process and asks it. vLLM's needs exclude the worker's, so that the two
import `messages.py` and nothing else of one another.
"""
