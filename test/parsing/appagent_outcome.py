"""What AppAgent would make of utterances, by Python's own `re` and `int`: a JSON string a line in, a call a line out.

Numbers are not looked up here; what its device would refuse is an error.
"""

import json
import re
import sys

ERROR = ["ERROR"]


def argument(pattern: str, text: str) -> str:
    return re.findall(pattern, text)[0]


def outcome(utterance: str) -> list[object]:
    try:
        lines = [
            re.findall(rf"{part}: (.*?)$", utterance, re.MULTILINE)[0]
            for part in ("Observation", "Thought", "Action", "Summary")
        ]
        action = lines[2]
        if "FINISH" in action:
            return ["FINISH"]
        name = action.split("(")[0]
        if name in ("tap", "long_press"):
            return [name, int(argument(rf"{name}\((.*?)\)", action))]
        if name == "text":
            return [name, argument(r"text\((.*?)\)", action)[1:-1]]
        if name == "swipe":
            number, direction, distance = argument(r"swipe\((.*?)\)", action).split(",")
            direction, distance = direction.strip()[1:-1], distance.strip()[1:-1]
            return [name, int(number), direction, distance] if direction in ("up", "down", "left", "right") else ERROR
    except (IndexError, ValueError):
        pass
    return ERROR


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))))
