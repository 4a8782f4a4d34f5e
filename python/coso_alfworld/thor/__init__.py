"""ALFWorld's visual worlds: AI2-THOR 2.1.0 and alfworld's own agent in it, behind the calls of the text worlds.

Importing this package imports neither ai2thor nor alfworld; `worlds.py` does when a world begins.
"""
