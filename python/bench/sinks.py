"""What a sink costs. Usage: `python -m bench.sinks RUN KIND [SETTINGS]`, with `python/` as working directory; prints a
JSON line: seconds of processor time to start and to end, and a further iteration's.

The figures are those of a run, repeated. Each iteration is written, told and answered by itself, as in training. The
process runs beside training, on another core where there is one.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ITERATIONS = 200


def main(run: str, kind: str, settings: str = "{}") -> None:
    lines = [json.loads(line) for line in (Path(run) / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / Path(run).name
        copy.mkdir()
        shutil.copy(Path(run) / "config.json", copy)
        (copy / "metrics.jsonl").touch()
        idle = processor_seconds(copy, kind, settings, [])
        numbered = [{**lines[place % len(lines)], "iteration": place + 1} for place in range(ITERATIONS)]
        busy = processor_seconds(copy, kind, settings, numbered)
    figures = {
        "startAndEnd": round(idle, 3),
        "iteration": round((busy - idle) / ITERATIONS, 5),
        "iterations": ITERATIONS,
        "figuresEach": len(lines[-1]["metrics"]) + len(lines[-1]["seconds"]) + 1,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def processor_seconds(run: Path, kind: str, settings: str, lines: list[dict[str, object]]) -> float:
    """Of the sink's process and those that it starts, from its start to its end."""
    before = used()
    command = [sys.executable, "-m", "coso_sinks", kind, "--run", str(run), "--settings", settings]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        with (run / "metrics.jsonl").open("a", encoding="utf-8") as metrics:
            for line in [None, *lines]:
                if line is not None:
                    metrics.write(json.dumps(line) + "\n")
                    metrics.flush()
                process.stdin.write(json.dumps({"through": metrics.tell()}) + "\n")
                process.stdin.flush()
                answer = json.loads(process.stdout.readline())
                if "failed" in answer:
                    raise SystemExit(answer["failed"]["cause"])
        process.stdin.write('{"end": true}\n')
    return used() - before


def used() -> float:
    """Of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(*sys.argv[1:])
