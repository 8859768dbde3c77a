"""durable_rules as it is, and programs that run in a process of their own, where they may crash or hang."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def create(rules: Sequence[Mapping[str, Any]], **how: Any) -> int:
    """A ruleset with rules r0, r1, ..."""
    import durable_rules_engine as engine

    definition = {f"r{place}": {"all": [{"m": rule}]} for place, rule in enumerate(rules)}
    handle: int = engine.create_ruleset("raw", json.dumps(definition, **how))
    return handle


def ask(handle: int, message: Mapping[str, Any] | str, **session: Any) -> list[int]:
    """Assert, drain, retract: the rules that fire, sorted."""
    import durable_rules_engine as engine

    if not isinstance(message, str):
        message = json.dumps({"sid": "0", "id": "m", **session, **message})
    status, state = engine.assert_fact(handle, message)
    fired: list[int] = []
    if status == 0:
        started = engine.start_action_for_state(handle, state)
        action = started[1] if started else None
        while action:
            fired += [int(name[1:]) for name in json.loads(action)]
            action = engine.complete_and_start_action(handle, state)
        engine.retract_fact(handle, message)
    return sorted(fired)


def resident() -> float:
    """The memory of this process in MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def run(program: str, *, seconds: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, with all of this module in sight.

    Raises:
        subprocess.TimeoutExpired: it is not done after so many seconds.
    """
    prelude = "from tests.matching.raw import ask, create, resident\nimport json\n"
    return subprocess.run(
        [sys.executable, "-c", prelude + dedent(program)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def said(program: str, **how: Any) -> str:
    """What a program that ends well prints, without the last line break."""
    done = run(program, **how)
    assert done.returncode == 0, f"it ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout.rstrip("\n")
