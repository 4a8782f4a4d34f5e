"""
Stands in for AI2-THOR's Unity process: speaks ai2thor 2.1.0's HTTP to the real `ai2thor.server`, and keeps a room whose
receptacles stand where alfworld's layouts have them. It knows the actions that alfworld's ThorEnv and OracleAgent use.
"""
