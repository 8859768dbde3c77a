"""The insurer's rules on 9,134 real customers; run as a script, it prints what they get.

    python tests/realdata/insurance.py

The data is no part of the repository: it is looked for in the folder that NBA_DATA names, or in `../shared/data`.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nba
from nba.mapping import RowMapping

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rulesets" / "insurance"
NAME = "marketing_customer_value.csv"
AS_OF = "2011-01-31T17:00:00Z"
"""Nine in the morning in California, in the middle of the two months in which the policies of the sample end."""


def data_file() -> Path | None:
    """The data set, where it is there."""
    folder = os.environ.get("NBA_DATA")
    path = (Path(folder) if folder else ROOT.parent / "shared" / "data") / NAME
    return path if path.is_file() else None


@dataclass(frozen=True)
class Customers:
    """The insurer, the rows of the data set, and the profile of each row."""

    insurer: nba.Orchestrator
    mapping: RowMapping
    rows: Sequence[Mapping[str, str]]

    @cached_property
    def profiles(self) -> list[dict[str, object]]:
        return [self.mapping.apply(row) for row in self.rows]

    def decide(self, limit: int | None = 1) -> list[nba.Decision]:
        return [self.insurer.decide(profile, as_of=AS_OF, limit=limit) for profile in self.profiles]


def load(path: Path) -> Customers:
    insurer = nba.load(RULES)
    mapping = nba.load_mapping(RULES / "mapping.yaml", insurer.ruleset.profile)
    with path.open(encoding="utf-8", newline="") as file:
        return Customers(insurer, mapping, list(csv.DictReader(file)))


def table(title: str, counts: Mapping[str, int], whole: int) -> str:
    """Counts as a Markdown table, in the order given."""
    lines = [f"| {title} | customers | |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {count:,} | {count / whole:.1%} |" for name, count in counts.items()]
    return "\n".join(lines)


def main() -> int:
    path = data_file()
    if path is None:
        print(f"there is no {NAME}: set NBA_DATA to its folder", file=sys.stderr)
        return 2
    customers = load(path)
    start = time.perf_counter()
    profiles = customers.profiles
    mapped = time.perf_counter()
    decisions = customers.decide()
    decided = time.perf_counter()
    whole = len(decisions)
    tiers = customers.insurer.ruleset.house.tiers
    acting = [decision.action for decision in decisions if decision.action is not None]
    by_tier = Counter(action.tier for action in acting)
    by_department = Counter(action.department for action in acting)
    by_action = Counter(action.action for action in acting)
    held = Counter(blocked.action for decision in decisions for blocked in decision.blocked)
    outcomes = Counter(decision.outcome for decision in decisions)
    print(table("outcome", dict(outcomes.most_common()), whole), end="\n\n")
    print(table("tier of the action", {tier: by_tier[tier] for tier in tiers}, whole), end="\n\n")
    print(table("department that acts", dict(by_department.most_common()), whole), end="\n\n")
    print(table("action", dict(by_action.most_common()), whole), end="\n\n")
    print(table("held back", dict(held.most_common()), whole), end="\n\n")
    mapping, deciding = (mapped - start) / len(profiles), (decided - mapped) / whole
    print(f"{mapping * 1e6:.0f} us to map a row, {deciding * 1e6:.0f} us to decide")
    return 0


if __name__ == "__main__":
    sys.exit(main())
