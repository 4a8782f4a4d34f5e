"""What the reference would make of utterances, by Python's own `split`, `strip` and `float`: a JSON string a line in, an outcome a line out.

An outcome is the action as a list: its type and what belongs to it. Where the reference would hand on a point that no
device can be sent to (not finite, or not of two numbers), this says IDLE, as f^parse here does.
"""

import json
import math
import sys


def value(field: str) -> str:
    return field.split(": ")[1]


def point(first: str, second: str) -> list[float]:
    numbers = [float(number) for number in value(f"{first}, {second}").strip('[]"').split(", ")]
    if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
        raise ValueError(numbers)
    return numbers


def outcome(utterance: str) -> list[object]:
    try:
        kind, touch_y, touch_x, lift_y, lift_x, text = utterance.split("Action Decision: ")[1].split(", ")
    except (IndexError, ValueError):
        return ["TASK_IMPOSSIBLE"]
    try:
        match value(kind).strip('"'):
            case "DUAL_POINT":
                return ["DUAL_POINT", point(touch_y, touch_x), point(lift_y, lift_x)]
            case "TYPE":
                return ["TYPE", value(text).strip('"')]
            case "PRESS_BACK" | "PRESS_HOME" | "PRESS_ENTER" | "STATUS_TASK_COMPLETE" | "TASK_IMPOSSIBLE" as name:
                return [name]
            case _:
                return ["IDLE"]
    except (IndexError, ValueError):
        return ["IDLE"]


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))))
