"""How long `nba analyse` takes on rule sets of 50 and 200 rules over forty features.

    python tests/benchmarks/bench_analyse.py [SEED [RULES...]]

The rules are those of bench_proof.py.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from nba.proof import analyse
from tests.benchmarks.bench_proof import load


def main(seed: str, counts: list[int]) -> None:
    """Analyse rule sets of some sizes and print how long it took, and what was found."""
    for count in counts:
        orchestrator = load(count, Random(f"{seed} {count}"))
        cpu = time.process_time()
        analysis = analyse(orchestrator)
        cpu = time.process_time() - cpu
        found = Counter(of.kind for of in analysis.issues)
        open_ = Counter(of.kind for of in analysis.unsettled)
        print(f"{count} rules: {analysis.seconds:.1f} s, of which CPU {cpu:.1f} s; {analysis.summary}")
        print("  found:", ", ".join(f"{number} {kind}" for kind, number in found.items()) or "nothing")
        print("  not settled:", ", ".join(f"{number} {kind}" for kind, number in open_.items()) or "nothing")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "0", [int(of) for of in sys.argv[2:]] or [50, 200])
