"""Analysing a set of rules: what is wrong with it that no single case shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from nba.errors import did_you_mean
from nba.orchestrator import Orchestrator
from nba.proof.analysing.asking import Desk
from nba.proof.analysing.blocked import always_blocked, laws_contradict
from nba.proof.analysing.evidence import SAMPLES, Evidence
from nba.proof.analysing.findings import KINDS, Analysis, Kind
from nba.proof.analysing.flips import flips
from nba.proof.analysing.gaps import gaps
from nba.proof.analysing.idle import idle
from nba.proof.analysing.outranked import never_wins
from nba.proof.analysing.subsumed import subsumed
from nba.proof.analysing.unreachable import laws_without_pairs, unreachable
from nba.proof.seeking import Seeker
from nba.proof.trying import Bench
from nba.ruleset.model import Ruleset

TIME_LIMIT = 10.0
"""Seconds for one question to the solver."""
_STEPS: tuple[tuple[frozenset[Kind], Callable[[Desk], None]], ...] = (
    # What never acts comes first: nothing else is said of it.
    (frozenset(KINDS), unreachable),
    (frozenset({"law-never-applies"}), laws_without_pairs),
    (frozenset({"always-blocked", "never-wins"}), always_blocked),
    (frozenset({"laws-contradict"}), laws_contradict),
    (frozenset({"subsumed-rule", "idle-condition"}), subsumed),
    (frozenset({"idle-condition"}), idle),
    (frozenset({"gap"}), gaps),
    (frozenset({"never-wins"}), never_wins),
    (frozenset({"flips-on-missing"}), flips),
)
_WORST = {"error": 0, "warning": 1, "info": 2}


def analyse(
    rules: Orchestrator | Ruleset,
    *,
    time_limit: float = TIME_LIMIT,
    findings: Iterable[str] | None = None,
    samples: int = SAMPLES,
) -> Analysis:
    """Find what is wrong with a set of rules that no single case shows.

    Args:
        rules: an orchestrator, or its ruleset.
        time_limit: in seconds, for each question to the solver; what takes longer is not settled.
        findings: the kinds to look for, such as `["subsumed-rule"]`; all when not given.
        samples: how many customers are made up, to settle what is easy before the solver is asked.

    Raises:
        ValueError: there is no such kind.

    >>> import nba
    >>> from nba.proof import analyse
    >>> analyse(nba.load(nba.shipped("car-dealer"))).clean
    True
    """
    started = time.perf_counter()
    ruleset = rules.ruleset if isinstance(rules, Orchestrator) else rules
    wanted = _kinds(findings)
    bench = Bench(ruleset)
    desk = Desk(ruleset, Seeker(ruleset, bench, time_limit=time_limit), Evidence(ruleset, bench, samples))
    for kinds, step in _STEPS:
        if kinds & wanted:
            step(desk)
    issues = sorted(
        (of for of in desk.issues if of.kind in wanted),
        key=lambda of: (_WORST[of.severity], KINDS.index(of.kind), of.source.rpartition(":")[0], of.subject),
    )
    unsettled = tuple(of for of in dict.fromkeys(desk.unsettled) if of.kind in wanted)
    summary = _summary(desk, len(issues), len(unsettled))
    return Analysis(tuple(issues), unsettled, summary, time.perf_counter() - started)


def _kinds(findings: Iterable[str] | None) -> frozenset[Kind]:
    if findings is None:
        return frozenset(KINDS)
    asked = [findings] if isinstance(findings, str) else list(findings)
    for word in asked:
        if word not in KINDS:
            near = did_you_mean(word, KINDS) or f"there are {', '.join(KINDS)}"
            raise ValueError(f"there is no kind of finding `{word[:100]}`: {near}")
    return frozenset(of for of in KINDS if of in asked)


def _summary(desk: Desk, issues: int, unsettled: int) -> str:
    rules = sum(of.kind == "rule" for of in desk.ruleset.statements)
    laws = len(desk.ruleset.statements) - rules
    told = f"{_count(rules, 'rule')}, {_count(laws, 'law')}, {_count(len(desk.ruleset.actions), 'action')}: "
    told += _count(issues, "finding") if issues else "nothing found"
    return told + (f", {unsettled} not settled" if unsettled else "")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
