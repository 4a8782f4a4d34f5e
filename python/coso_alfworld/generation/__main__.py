"""`python -m coso_alfworld.generation REQUEST`: writes games and reports each as a line of JSON.

REQUEST is JSON: {"root", "orders": [{"split", "index", "seed", "size"}]}.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

# alfworld makes the folder that this names as soon as it is imported, and one in the home folder without it.
os.environ["ALFWORLD_DATA"] = tempfile.mkdtemp()

from coso_alfworld.errors import AlfworldError
from coso_alfworld.generation.games import Order, write, write_logic


def main(request: str) -> None:
    given = json.loads(request)
    root = Path(given["root"])
    write_logic(root)
    for order in given["orders"]:
        try:
            folder, drawn = write(Order(**order), root)
            report = {"folder": str(folder), "taskType": drawn.task.type, "steps": len(drawn.plan)}
        except AlfworldError as error:
            report = {"error": str(error)}
        print(json.dumps(report), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
