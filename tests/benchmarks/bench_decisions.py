"""What a whole decision takes by the native engine, and where the time goes; beside zen-engine, when that is installed.

    python tests/benchmarks/bench_decisions.py [SECONDS A ROW]

The jobs take turns on the same customers. Of each customer and job the best time counts, and of these the mean: on a
machine that does other work as well, medians tell of the other work. What counts is the ratios.

zen-engine is asked for less: which rules match, by one expression that is a list of all conditions, its fastest form.
"""

from __future__ import annotations

import gc
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, it finds only what is beside it
import nba
from nba.matching.native import NativeMatcher
from tests.benchmarks.workload import FIELDS, Company

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CUSTOMERS = 20
ROWS = {
    "10 rules": Company(10),
    "100 rules": Company(100),
    "1,000 rules": Company(1_000),
    "10,000 rules": Company(10_000),
    "100 rules, half of them guards": Company(100, guards=0.5),
    "1,000 rules, half of them guards": Company(1_000, guards=0.5),
    "1,000 rules, twenty tiers": Company(1_000, tiers=20),
    "1,000 rules, a fifth not known": Company(1_000, missing=0.2),
}
JOBS = (
    *("decide and its action", "decide", "of it: intake", "facts", "choice", "of that: features", "conditions"),
    *("to_json", "explain", "zen-engine, matching"),
)


def best_of(jobs: Mapping[str, tuple[Callable[[Any], object], list[Any]]], seconds: float) -> dict[str, float]:
    """The microseconds of each job, taking turns: the best time of each input, and the mean of these."""
    best = {name: [float("inf")] * len(inputs) for name, (_, inputs) in jobs.items()}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for name, (job, inputs) in jobs.items():
            for place, of in enumerate(inputs):
                start = time.process_time_ns()
                job(of)
                best[name][place] = min(best[name][place], time.process_time_ns() - start)
    return {name: statistics.mean(times) / 1000 for name, times in best.items()}


def measure(company: Company, seconds: float) -> tuple[dict[str, float], float]:
    """The microseconds of each job, and the seconds that it takes to make the engine ready."""
    with tempfile.TemporaryDirectory() as folder:
        orchestrator = company.load(Path(folder))
    start = time.process_time()
    nba.Orchestrator(orchestrator.ruleset, "native", NativeMatcher, "ignore")
    ready = time.process_time() - start
    people = company.customers(CUSTOMERS)
    profiles = [orchestrator._profiles.take(of, "raise", [])[0] for of in people]
    environments = [orchestrator._facts.compute(of, {}, NOW, {}, []) for of in profiles]
    chooser = orchestrator._chooser
    assert chooser is not None
    features = [chooser._features.read(of) for of in environments]
    index = chooser.matcher.blocks[0]
    jobs: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "decide and its action": (lambda of: orchestrator.decide(of, as_of=NOW).action, people),
        "decide": (lambda of: orchestrator.decide(of, as_of=NOW), people),
        "of it: intake": (lambda of: orchestrator._profiles.take(of, "raise", []), people),
        "facts": (lambda of: orchestrator._facts.compute(of, {}, NOW, {}, []), profiles),
        "choice": (lambda of: chooser.choose(of, 1), environments),
        "of that: features": (chooser._features.read, environments),
        "conditions": (index.truths, features),
        "to_json": (lambda of: orchestrator.decide(of, as_of=NOW).to_json(), people[:3]),
        "explain": (lambda of: orchestrator.decide(of, as_of=NOW).explain(), people[:3]),
    }
    zen = None if company.missing else matching_by_zen(company)  # to compare what is missing is an error to it
    if zen is not None:
        jobs["zen-engine, matching"] = zen, [for_zen(of) for of in people]
    gc.collect()
    gc.freeze()
    return best_of(jobs, seconds), ready


def matching_by_zen(company: Company) -> Callable[[Any], object] | None:
    """All conditions as one expression of zen-engine."""
    try:
        import zen
    except ImportError:
        return None
    rules = [rule["when"]["all"] for rule in company.documents()["pack.yaml"]["rules"]]
    whole = ", ".join(" and ".join(f"({one})" for one in rule) for rule in rules)
    whole = re.sub(r"days_since\(([^)]*)\)", r"\1", whole).replace('"', "'")
    evaluate: Callable[[Any], object] = zen.compile_expression(f"[{whole}]").evaluate
    return evaluate


def for_zen(value: Any) -> Any:
    """A customer with days for dates, so that nothing but comparisons is left."""
    if isinstance(value, dict):
        return {name: for_zen(of) for name, of in value.items()}
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (NOW.date() - date.fromisoformat(value)).days
    return value


def main(seconds: float) -> None:
    print(f"Python {sys.version.split()[0]}, {FIELDS} fields, microseconds; making ready in seconds of the processor\n")
    print(f"| | {' | '.join(JOBS)} | making ready |\n| --- {'| ---: ' * (len(JOBS) + 1)}|")
    for title, company in ROWS.items():
        found, ready = measure(company, seconds)
        shown = " | ".join(f"{found[name]:,.1f}" if name in found else "-" for name in JOBS)
        print(f"| {title} | {shown} | {ready:.2f} |", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
