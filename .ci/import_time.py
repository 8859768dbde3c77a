"""How long `python -c "import nba"` takes, warm: the median of several runs, as whole processes.

Usage: import_time.py PYTHON GOAL_MS LIMIT_MS. Prints the figure; fails only above the limit, as machines differ.
"""

import statistics
import subprocess
import sys
import time

RUNS = 15


def milliseconds(python: str, code: str) -> float:
    """One run's wall-clock time; the interpreter's own start is in it."""
    start = time.perf_counter()
    subprocess.run([python, "-I", "-c", code], check=True)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    python, goal, limit = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    milliseconds(python, "import nba")  # the first run warms the caches
    bare = statistics.median(milliseconds(python, "pass") for _ in range(RUNS))
    took = statistics.median(milliseconds(python, "import nba") for _ in range(RUNS))
    verdict = "within the goal" if took <= goal else "above the goal" if took <= limit else "above the limit"
    print(
        f'python -c "import nba": {took:.0f} ms ({bare:.0f} ms of it the bare interpreter); '
        f"{verdict} (goal {goal:.0f} ms, limit {limit:.0f} ms)"
    )
    return 1 if took > limit else 0


if __name__ == "__main__":
    sys.exit(main())
