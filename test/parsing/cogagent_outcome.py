"""What the reference would make of CogAgent's utterances, by Python's own `split` and `int`: a JSON string a line in, an outcome a line out."""

import json
import sys

WORDS = {
    "press home": ["PRESS_HOME"],
    "press back": ["PRESS_BACK"],
    "press enter": ["PRESS_ENTER"],
    "task complete": ["STATUS_TASK_COMPLETE"],
    "task impossible": ["TASK_IMPOSSIBLE"],
    "swipe up": ["DUAL_POINT", [0.5, 0.5], [0.2, 0.5]],
    "swipe down": ["DUAL_POINT", [0.2, 0.5], [0.5, 0.5]],
    "swipe left": ["DUAL_POINT", [0.5, 0.8], [0.5, 0.2]],
    "swipe right": ["DUAL_POINT", [0.5, 0.2], [0.5, 0.8]],
}


def outcome(utterance: str) -> list[object]:
    try:
        operation = utterance.split("Grounded Operation:")[1]
        first = operation.split(" ")[0]
        if first == "tap":
            numbers = operation.split("[[")[1].split(",")
            point = [int(numbers[1].split("]]")[0]) / 1000, int(numbers[0]) / 1000]
            return ["DUAL_POINT", point, point]
        if "type" in first:
            return ["TYPE", operation.split('"')[1]]
        return next((action for words, action in WORDS.items() if words in operation), ["IDLE"])
    except (IndexError, ValueError):
        return ["IDLE"]


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))))
