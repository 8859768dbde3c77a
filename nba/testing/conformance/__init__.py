"""The test kit for packs: what every pack of a good citizen passes, in a test of three lines.

    from nba.testing.conformance import check_pack

    def test_the_pack_conforms():
        report = check_pack("billing", cases="tests/cases")
        assert report.passed, str(report)

>>> import nba
>>> print(check_pack(nba.shipped("car-dealer"), others=[]).checks[0])
ok   it loads alone (... actions)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nba.errors import NbaError
from nba.testing.conformance.checks import CHECKS
from nba.testing.conformance.report import Check, ConformanceReport, Finding
from nba.testing.conformance.subject import Subject, Where

__all__ = ["Check", "ConformanceReport", "Finding", "check_pack"]


def check_pack(
    pack: Where,
    *,
    cases: Where | Iterable[Where] = (),
    others: Iterable[str] | None = None,
    plugins: Mapping[str, object] | None = None,
) -> ConformanceReport:
    """Check a pack: the name of an installed plugin, or a folder of YAML.

    It loads alone and beside all others; its signals are typed and documented; its cases hold; each action is reached
    in some case, and blocked in some case; no growth is proposed without a look at what another department says; the
    same input gives the same decision, whatever the order of records and the process; no feature or gate fails, or
    changes what it is given.

    Args:
        pack: an installed plugin by name, or a folder or file of YAML; a `Path` is always the latter.
        cases: folders or files of cases; those in a folder of rules are run anyway. Each is run with the pack alone
            where it can be, else beside the packs that it is about.
        others: the installed packs to load beside it; all of them when not given.
        plugins: the pack's own module by its name, when it is not installed.

    Whatever is wrong with the pack or its cases is in the report.

    Raises:
        ValueError: `plugins` is not just the pack's own module.
    """
    return check(Subject.of(pack, cases, others, plugins), str(pack))


def check(subject: Subject, name: str) -> ConformanceReport:
    """Check a pack and what it takes to load it; as `check_pack`."""
    found: list[Check] = []
    for says, look in CHECKS:
        if any(of.fatal for of in found):
            found.append(Check(says, skipped="not looked at, for the finding above"))
            continue
        try:
            found.append(look(says, subject))
        except NbaError as error:
            found.append(Check(says, (Finding(str(error)),), fatal=True))  # the next would meet the same
    return ConformanceReport(name, tuple(found))
