"""The same input, decided again: with the rules loaded once more, records in another order, in another process."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from nba.authoring.given import ready
from nba.decision import Decision
from nba.errors import NbaError
from nba.orchestrator import Orchestrator
from nba.testing.conformance.report import Finding
from nba.testing.conformance.subject import Ran, Subject

_PATIENCE = 300
"""Seconds for the other process."""


def differences(subject: Subject) -> tuple[list[Finding], str]:
    """Where decisions differ, and what was compared."""
    cases = [of for of in subject.cases if of.result.decision is not None]
    loaded: dict[tuple[str, ...], Orchestrator] = {}
    findings = []
    for ran in cases:
        if ran.packs not in loaded:
            loaded[ran.packs] = subject.load(ran.packs)
        again = loaded[ran.packs]
        first = _comparable(_decided(ran, ran.orchestrator))
        if _comparable(_decided(ran, again)) != first:
            findings.append(_finding(ran, "is decided otherwise when the rules are loaded again"))
        elif _comparable(_decided(ran, again, turned=True)) != first:
            hint = "a feature must not depend on the order of a list's records: sort by what is meant"
            findings.append(_finding(ran, "is decided otherwise with its records in another order", hint))
    note = f"{len(cases)} cases, loaded twice, in two orders"
    if findings or not cases:
        return findings, note
    there = _elsewhere(subject)
    if there is None:
        return findings, f"{note}; not in another process, as the plugin is no module that can be imported there"
    for ran, told in zip(cases, there, strict=True):
        if told != _comparable(_decided(ran, ran.orchestrator)):
            hint = "a feature must not depend on the order of a set, on memory addresses, or on the environment"
            findings.append(_finding(ran, "is decided otherwise in another process", hint))
    return findings, f"{note}, in two processes"


def _finding(ran: Ran, what: str, hint: str | None = None) -> Finding:
    return Finding(f"the case {what}: {ran.written.case.name}", ran.result.source, hint)


def _decided(ran: Ran, orchestrator: Orchestrator, *, turned: bool = False) -> Decision:
    given = ran.written.case.given
    input = ready(ran.written, orchestrator.ruleset)
    profile, context = (_turned(input.profile), _turned(input.context)) if turned else (input.profile, input.context)
    return orchestrator.decide(
        profile,
        context=context,
        as_of=given.as_of,
        limit=given.most,
        signals=input.signals,
        proposed=given.proposed,
    )


def _turned(value: Any) -> Any:
    """The same data with the records of each list in reverse. A list of plain values may be ordered by meaning."""
    if isinstance(value, Mapping):
        return {name: _turned(of) for name, of in value.items()}
    if isinstance(value, list | tuple):
        turned = [_turned(of) for of in value]
        return turned[::-1] if all(isinstance(of, dict) for of in turned) else turned
    return value


def _comparable(decision: Decision) -> dict[str, Any]:
    """A decision without what identifies its very input, and the rules' hash, which the environment is a part of."""
    return {name: of for name, of in decision.to_dict().items() if name not in ("decision_id", "rules_hash")}


def _elsewhere(subject: Subject) -> list[dict[str, Any]] | None:
    """The decisions of the same cases in another process, with another hash seed; None when it cannot load the pack."""
    modules = {name: of.__name__ for name, of in (subject.plugins or {}).items() if isinstance(of, ModuleType)}
    if len(modules) < len(subject.plugins or {}) or not all(map(_importable, modules.values())):
        return None
    told = {
        "paths": subject.paths,
        "names": subject.names,
        "modules": modules,
        "cases": [str(of) for of in subject.case_paths],
        "beside": subject.beside,
    }
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    ran = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import main; main()"],
        input=json.dumps(told),
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(of for of in sys.path if of)},
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        check=False,
    )
    if ran.returncode != 0:
        raise NbaError(f"another process could not decide the cases:\n{ran.stderr.strip()[-2000:]}")
    decisions: list[dict[str, Any]] = json.loads(ran.stdout)
    return decisions


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def main() -> None:
    """The other process: what to decide on stdin, the decisions on stdout."""
    told = json.load(sys.stdin)
    modules = {name: importlib.import_module(of) for name, of in told["modules"].items()} or None
    beside = None if told["beside"] is None else tuple(told["beside"])
    subject = Subject(tuple(told["paths"]), tuple(told["names"]), modules, tuple(map(Path, told["cases"])), beside)
    json.dump(list(_all(subject.cases)), sys.stdout)


def _all(cases: Iterable[Ran]) -> Iterator[dict[str, Any]]:
    return (_comparable(of.result.decision) for of in cases if of.result.decision is not None)
