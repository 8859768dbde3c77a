"""nba beside other engines, on the same rules and customers; first all have to agree, then they are timed.

    python tests/benchmarks/peers.py [--sizes 10,100,1000,10000] [--rounds N] [--write]

Prints medians and ratios; `--write` puts them into docs/benchmarks.md, with the plot beside it. An engine that is not
installed is left out with its reason; `pip install --group bench` installs them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, it finds only what is beside it
from tests.benchmarks import eligibility_case, floors, pages
from tests.benchmarks.contestants import Contestant, Decide, DecideDurable, Generated, Match, MatchDurable
from tests.benchmarks.entering import CONTESTANTS, Absent, enter
from tests.benchmarks.measuring import for_each, side_by_side
from tests.benchmarks.rivals import JsonLogic, ZenArray, ZenArrayGuarded
from tests.benchmarks.seeded import Workload, make

SIZES = (10, 100, 1000, 10_000)
CUSTOMERS = {10: 100, 100: 60, 1000: 20}
"""How many customers decide the time at a size; fewer where each takes long."""
FEWEST = 6
ASIDE = 100
"""The number of rules at which everything but the number of rules is varied."""


class Disagreement(Exception):
    """Engines that do not say the same: nothing is timed."""


@dataclass(frozen=True)
class Row:
    """What was measured of one workload: microseconds a customer by engine."""

    title: str
    rules: int
    share: float
    microseconds: dict[str, float]
    absent: tuple[Absent, ...]


def check(entrant: Contestant, work: Workload) -> list[object]:
    """The customers as the engine likes them, after it was found to say of each what the workload itself says.

    Raises:
        Disagreement: it says something else.
    """
    prepared = [entrant.prepare(of) for of in work.customers]
    for customer, shaped in zip(work.customers, prepared, strict=True):
        answer = entrant.ask(shaped)
        found: object
        wanted: object
        if entrant.whole:
            found, wanted = (None if answer is None else answer.action), work.chosen(customer)
        else:
            found, wanted = frozenset(entrant.fired(answer)), work.matching(customer)
        if found != wanted:
            raise Disagreement(f"{entrant.name} says {found}, and it should be {wanted}, of {customer}")
    return prepared


def run(title: str, kinds: Sequence[type[Contestant]], work: Workload, rounds: int) -> Row:
    """Check that all agree on every customer, then time them in turns."""
    entrants, absent = [], []
    for one in enter(kinds, work):
        (absent if isinstance(one, Absent) else entrants).append(one)
    jobs = {of.name: for_each(of.ask, check(of, work)) for of in entrants}
    found = side_by_side(jobs, rounds)
    each = {name: seconds / len(work.customers) * 1e6 for name, seconds in found.items()}
    return Row(title, len(work.rules), work.share, each, tuple(absent))


def by_size(sizes: Sequence[int], rounds: int) -> Iterator[Row]:
    """All engines, at each number of rules."""
    for count in sizes:
        work = make(count, customers=CUSTOMERS.get(count, FEWEST))
        yield run(f"{count:,} rules", CONTESTANTS, work, rounds if count <= 1000 else max(3, rounds // 3))


def aside(rounds: int) -> Iterator[tuple[str, list[Row]]]:
    """What else there is to vary, one at a time, at one number of rules."""
    matching: list[type[Contestant]] = [Decide, Match, Generated, ZenArray, JsonLogic]
    deciding: list[type[Contestant]] = [Decide, DecideDurable]
    customers = CUSTOMERS[ASIDE]
    yield (
        "Fields in a profile",
        [run(str(of), matching, make(ASIDE, fields=of, customers=customers), rounds) for of in (10, 42, 200)],
    )
    yield (
        "Share of the rules that match",
        [run(f"{of:.0%}", matching, make(ASIDE, share=of, customers=customers), rounds) for of in (0.01, 0.1, 0.5)],
    )
    unknowing: list[type[Contestant]] = [Decide, Match, DecideDurable, MatchDurable, ZenArrayGuarded]
    yield (
        "Share of the fields that are missing",
        [run(f"{of:.0%}", unknowing, make(ASIDE, missing=of, customers=customers), rounds) for of in (0.0, 0.1, 0.3)],
    )
    yield (
        "Tiers in the house",
        [run(str(of), deciding, make(ASIDE, tiers=of, customers=customers), rounds) for of in (2, 6, 30)],
    )
    yield (
        "Guards beside the 100 rules",
        [run(str(of), deciding, make(ASIDE, guards=of, customers=customers), rounds) for of in (0, 10, 100, 900)],
    )


def published_case(rounds: int) -> dict[str, float]:
    """zen-engine's own case: microseconds by engine; empty where zen-engine is not installed."""
    try:
        zen = {
            "zen-engine, the model as published": eligibility_case.by_zen_as_published(),
            "zen-engine, the same answers only": eligibility_case.by_zen_alike(),
        }
    except ImportError:
        return {}
    mine = eligibility_case.by_nba()
    accounts = eligibility_case.accounts(200)
    for account in accounts:
        for name, ask in zen.items():
            unlike = eligibility_case.differences(mine(account), eligibility_case.answers_of(ask(account)))
            if unlike:
                raise Disagreement(f"nba and {name}: {unlike} of {account}")
    one = [eligibility_case.published()]
    return {
        name: seconds * 1e6
        for name, seconds in side_by_side(
            {name: for_each(of, one) for name, of in {"nba": mine, **zen}.items()}, rounds
        ).items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="numbers of rules, joined by commas")
    parser.add_argument("--rounds", type=_whole, default=15, help="how often each engine takes its turn")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plot")
    said = parser.parse_args()
    began = time.perf_counter()
    shown = pages.Shown(said.rounds)
    try:
        for row in by_size(said.sizes, said.rounds):
            shown.size(row)
        for title, rows in aside(said.rounds):
            shown.aside(title, rows)
        shown.floors(floors.measure(said.rounds))
        shown.anatomy(floors.anatomy(said.rounds))
        shown.case(published_case(said.rounds))
    except Disagreement as error:
        print(f"the engines differ, so nothing is timed: {str(error)[:2000]}", file=sys.stderr)
        return 1
    shown.end(time.perf_counter() - began)
    if said.write:
        shown.write()
    return 0


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(text)


def _sizes(text: str) -> list[int]:
    return [_whole(of) for of in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
