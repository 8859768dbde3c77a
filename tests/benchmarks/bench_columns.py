"""Decisions on tables: profiles a second by whole decisions, with guards, consent, scores and weights.

    python tests/benchmarks/bench_columns.py [ROWS] [RULES ...]

Each number of rules is decided in a process of its own, by one process and by two, so that its peak of memory is its
own. What is on the clock depends on what else the machine does; processor time less so.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

import nba
from nba.batch import output
from nba.batch.frames import CHUNK, Decider, joined
from nba.batch.tables import row
from nba.batch.workers import shared

AS_OF = "2026-11-22T09:00:00Z"
TIERS = ("obligation", "recovery", "care", "retention", "adoption", "growth")
NUMBERS, TEXTS, FLAGS, DAYS, INSTANTS = 18, 10, 6, 4, 2
WORDS = ("red", "green", "blue", "gold", "grey", "black", "white", "brown")


def condition(rng: Random) -> str:
    """Three to five comparisons that hold together for about a tenth of the customers."""
    count = rng.choice((3, 4, 5))
    share = 0.1 ** (1 / count)
    found = []
    for kind in rng.sample(("number", "number", "text", "flag", "day", "number", "instant", "text"), count):
        if kind == "number":
            found.append(
                f"s{rng.randrange(3)}.n{rng.randrange(NUMBERS // 3)} < {round(1000 * share) + rng.randrange(-50, 50)}"
            )
        elif kind == "text":
            words = rng.sample(WORDS, max(1, round(share * len(WORDS))))
            found.append(f"t{rng.randrange(TEXTS)} in {json.dumps(words)}")
        elif kind == "flag":
            found.append(f"not f{rng.randrange(FLAGS)}")
        elif kind == "day":
            found.append(f"days_since(d{rng.randrange(DAYS)}) < {round(1000 * share) + rng.randrange(-50, 50)}")
        else:
            found.append(
                f"hours_since(i{rng.randrange(INSTANTS)}) >= {round(1000 * (1 - share)) + rng.randrange(-50, 50)}"
            )
    return " and ".join(found)


def write(folder: Path, count: int) -> None:
    """So many rules: two thirds propose, the others guard, weigh and notify."""
    rng = Random(f"columns {count}")
    section = {"type": "object", "properties": {f"n{of}": {"type": "number"} for of in range(NUMBERS // 3)}}
    fields: dict[str, Any] = {f"s{of}": section for of in range(3)}
    fields |= {f"t{of}": {"type": "string"} for of in range(TEXTS)}
    fields |= {f"f{of}": {"type": "boolean"} for of in range(FLAGS)}
    fields |= {f"d{of}": {"type": "string", "format": "date"} for of in range(DAYS)}
    fields |= {f"i{of}": {"type": "string", "format": "date-time"} for of in range(INSTANTS)}
    (folder / "profile.json").write_text(json.dumps({"type": "object", "properties": fields}))
    house = {
        "house": "bench",
        "profile": "profile.json",
        "timezone": "UTC",
        "consent": dict.fromkeys(TIERS[3:], "marketing"),
        "laws": [{"id": "law", "given": condition(rng), "never": {"tier": "growth"}, "because": "so it is"}],
    }
    (folder / "house.yaml").write_text(json.dumps(house))
    actions = {}
    for of in range(max(6, count // 10)):
        actions[f"a{of}"] = {
            "title": f"Action {of}",
            "tier": TIERS[of % len(TIERS)],
            "channels": rng.sample(("email", "phone", "sms", "post"), rng.randrange(1, 4)),
            "tags": [rng.choice(("human", "offer", "credit"))],
            "value": f"default(s{rng.randrange(3)}.n{rng.randrange(NUMBERS // 3)}, 1)",
            "propensity": rng.choice(("0.1", "0.25", 'default(propensities["a"], 0.05)')),
        }
    names, rules = sorted(actions), []
    for of in range(count):
        rule: dict[str, Any] = {"id": f"r{of}", "when": condition(rng), "because": "so it is"}
        kind = of % 12
        if kind < 8:
            rule["propose"] = names[of % len(names)]
        elif kind < 10:
            rule["block"] = rng.choice(({"tier": rng.choice(TIERS)}, {"tag": "offer"}, {"action": rng.choice(names)}))
        elif kind == 10:
            rule["weigh"] = {"select": {"tier": rng.choice(TIERS)}, "by": rng.choice((0.5, 1.5, 2))}
        else:
            rule["notify"] = {"department": "bench", "message": "please look"}
        rules.append(rule)
    (folder / "pack.yaml").write_text(json.dumps({"pack": "bench", "actions": actions, "rules": rules}))


def customers(rows: int, seed: int = 1, missing: float = 0.05) -> pa.RecordBatch:
    """So many customers as Arrow columns, some of their fields missing."""
    rng = np.random.default_rng(seed)

    def gaps() -> Any:
        return rng.random(rows) < missing

    def numbers() -> pa.Array:
        return pa.array(rng.integers(0, 1000, rows).astype(np.float64), mask=gaps())

    def flags(share: float) -> pa.Array:
        return pa.array(rng.random(rows) < share, mask=gaps())

    columns: dict[str, pa.Array] = {"id": pa.array(np.char.add("C-", np.arange(rows).astype(str)))}
    for of in range(3):
        names = [f"n{number}" for number in range(NUMBERS // 3)]
        columns[f"s{of}"] = pa.StructArray.from_arrays([numbers() for _ in names], names=names)
    for of in range(TEXTS):
        columns[f"t{of}"] = pa.array(np.array(WORDS)[rng.integers(0, len(WORDS), rows)], mask=gaps())
    for of in range(FLAGS):
        columns[f"f{of}"] = flags(0.4)
    start = np.datetime64("2026-11-22", "D")
    for of in range(DAYS):
        columns[f"d{of}"] = pa.array(start - rng.integers(0, 1000, rows).astype("timedelta64[D]"), mask=gaps())
    moment = np.datetime64("2026-11-22T09:00:00", "us")
    for of in range(INSTANTS):
        micros = rng.integers(0, 3_600_000_000_000, rows).astype("timedelta64[us]")
        columns[f"i{of}"] = pa.array(moment - micros, pa.timestamp("us", "UTC"), mask=gaps())
    channels = pa.StructArray.from_arrays([flags(0.7) for _ in range(4)], names=["email", "phone", "sms", "post"])
    given = pa.StructArray.from_arrays([flags(0.8), channels], names=["granted", "channels"])
    columns["consents"] = pa.StructArray.from_arrays([given], names=["marketing"])
    columns["propensities"] = pa.StructArray.from_arrays([pa.array(rng.random(rows), mask=gaps())], names=["a"])
    return pa.RecordBatch.from_pydict(columns)


def measure(count: int, rows: int, processes: int, checked: int) -> dict[str, Any]:
    """One number of rules: decide all rows part by part, as a stream would come, and check some against `decide`."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), count)
        start = time.perf_counter()
        orchestrator = nba.load(folder)
        loaded = time.perf_counter() - start
    start = time.perf_counter()
    decider = Decider(orchestrator, as_of=AS_OF)
    prepared = time.perf_counter() - start
    batches = [customers(min(CHUNK, rows - at), seed=at) for at in range(0, rows, CHUNK)]
    list(shared(decider.decide, batches[:1], None))
    wall, cpu = time.perf_counter(), _processor_time()
    found = list(shared(decider.decide, batches, processes))
    wall = time.perf_counter() - wall
    for worker in multiprocessing.active_children():
        worker.join()  # only then its processor time is known
    cpu = _processor_time() - cpu
    first = output.plain(pa.Table.from_batches([found[0][0]])).to_pylist()[:checked]
    for place, decided in enumerate(first):
        assert decided == output.row_of(orchestrator.decide(row(batches[0], place), as_of=AS_OF)), place
    report = joined(report for _, report in found)
    return {
        "rules": count,
        "rows": rows,
        "processes": processes,
        "a second": round(rows / wall),
        "us of processor a row": round(cpu / rows * 1e6, 3),
        "peak MB": _peak(resource.RUSAGE_SELF),
        "peak MB of a worker": _peak(resource.RUSAGE_CHILDREN) if processes > 1 else None,
        "on columns": report.on_columns,
        "acting": round(sum(of["outcome"] == "action" for of in first) / max(1, len(first)), 2),
        "blocked a row": round(sum(of["blocked"] for of in first) / max(1, len(first)), 1),
        "checked": len(first),
        "load s": round(loaded, 2),
        "prepare s": round(prepared, 2),
    }


def _processor_time() -> float:
    """Seconds, of this process and of the workers that have ended."""
    each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(of.ru_utime + of.ru_stime for of in each)


def _peak(who: int) -> int:
    return round(resource.getrusage(who).ru_maxrss / 1024)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for count in map(int, sys.argv[2:] or ("100", "1000")):
        for processes in (1, 2):
            arguments = [sys.executable, __file__, "--one", str(count), str(rows), str(processes)]
            print(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout, end="", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(*map(int, sys.argv[2:5]), checked=200)))
    else:
        main()
