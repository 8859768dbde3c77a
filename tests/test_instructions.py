"""What a decision costs, in instructions of the interpreter, is held to what it has cost before."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.benchmarks.instructions import RECORD, TOLERANCE, VERSION, recorded

SCRIPT = RECORD.with_suffix(".py")


@pytest.fixture(scope="module")
def counts() -> dict[str, int]:
    """In an interpreter of its own: one that is being covered counts as well, and has hashes at random."""
    ran = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, int] = json.loads(ran.stdout)
    return found


def test_every_version_that_we_test_on_has_its_counts() -> None:
    assert {"3.11", "3.12", "3.13"} <= recorded().keys()
    assert all(len(of) == 5 for of in recorded().values())


@pytest.mark.skipif(VERSION not in recorded(), reason=f"nothing is recorded for Python {VERSION}")
def test_a_decision_costs_no_more_than_it_did(counts: dict[str, int]) -> None:
    before = recorded()[VERSION]
    assert counts.keys() == before.keys()
    more = [
        f"{name}: {counts[name]:,} instructions, and it was {before[name]:,}"
        for name in counts
        if counts[name] > TOLERANCE * before[name]
    ]
    assert not more, "\n".join(
        [*more, "If it has to be so, record it anew: .ci/record-instructions (or instructions.py --record)"]
    )


def test_the_count_is_of_what_runs() -> None:
    from tests.benchmarks.instructions import count

    def few() -> int:
        return sum(number for number in range(10))

    def many() -> int:
        return sum(number for number in range(1000))

    assert count(few) == count(few)
    assert 50 < count(many) / count(few) < 110
