"""How many instructions of the Python interpreter five fixed decisions take: the same number on every machine.

    python tests/benchmarks/instructions.py             # prints the counts as JSON
    python tests/benchmarks/instructions.py --record    # and keeps them in instructions.json, for this Python's version

Times differ from run to run, these counts do not: no clock is read, hashes are not randomised, the collector is off.
They differ by the version of Python, and what C code does within one instruction is not seen. `.ci/record-instructions`
records them for every version that is here.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, it finds only what is beside it
import nba
from tests.benchmarks.contestants import loaded
from tests.benchmarks.seeded import AS_OF, make

RECORD = Path(__file__).with_suffix(".json")
TOLERANCE = 1.05
"""So many times the recorded count is still as before."""
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def decisions() -> dict[str, Callable[[], object]]:
    """The five decisions, or small groups of them, by what they stand for."""
    dealer = nba.load(nba.shipped("car-dealer"))
    anna = json.loads((nba.shipped("car-dealer") / "profiles" / "anna-reopened.json").read_text(encoding="utf-8"))
    hundred, thousand = make(100, customers=5), make(1000, customers=5)
    gaps = make(100, missing=0.3, customers=5)

    def each(work: Any, then: Callable[[nba.Decision], object]) -> Callable[[], object]:
        decide = loaded(work).decide
        return lambda: [then(decide(of, as_of=AS_OF)) for of in work.customers]

    return {
        "Anna at the car dealer": lambda: dealer.decide(anna, as_of=AS_OF).action,
        "Anna, and the decision as JSON": lambda: dealer.decide(anna, as_of=AS_OF).to_json(),
        "five customers, 100 rules": each(hundred, lambda decision: decision.action),
        "five customers, 1,000 rules": each(thousand, lambda decision: decision.action),
        "five customers with gaps, 100 rules, explained": each(gaps, lambda decision: decision.explain()),
    }


def count(job: Callable[[], object]) -> int:
    """How many instructions a job takes, after it has run twice, so that what is made on first use is there."""
    job()
    job()
    gc.collect()
    gc.disable()
    try:
        return _by_monitoring(job) if sys.version_info >= (3, 12) else _by_tracing(job)
    finally:
        gc.enable()


def _by_monitoring(job: Callable[[], object]) -> int:
    monitoring: Any = sys.monitoring
    counter = itertools.count()
    tool, instruction = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION

    def counted(code: CodeType, offset: int) -> None:
        next(counter)

    monitoring.use_tool_id(tool, "instructions")
    monitoring.register_callback(tool, instruction, counted)
    monitoring.set_events(tool, instruction)
    try:
        job()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    return next(counter)


def _by_tracing(job: Callable[[], object]) -> int:
    counter = itertools.count()

    def counted(frame: FrameType, event: str, argument: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            next(counter)
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        job()
    finally:
        sys.settrace(before)
    return next(counter)


def recorded() -> dict[str, dict[str, int]]:
    """The counts by version of Python and decision."""
    found: dict[str, dict[str, int]] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="keep them as what a decision may take")
    record = parser.parse_args().record
    if os.environ.get("PYTHONHASHSEED") != "0":  # it is read when the interpreter starts
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    counts = {name: count(job) for name, job in decisions().items()}
    print(json.dumps(counts, indent=2))
    if record:
        known = recorded() | {VERSION: counts}
        RECORD.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
