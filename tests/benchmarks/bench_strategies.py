"""How many of the truths of the rules do generated customers see, and how fast are they drawn?

    python tests/benchmarks/bench_strategies.py [--count 1000] [NAME ...]

For each rule set under rulesets/ and each pack under plugins/: of all rules, laws and signals, how many are seen true,
false and unknown of customers who are drawn for the rules (`customers`), by the types of the schema alone, and of the
believable ones of `nba sample`. A solver (the extra `proof`) says which truths there can be at all.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import nba
from nba.proof import ask
from nba.sample import customers as believable
from nba.sample import surroundings
from nba.testing.strategies import Customer, customers, profiles
from nba.testing.strategies.truths import Truths

ROOT = Path(__file__).resolve().parents[2]
PACKS = ("service", "sales", "marketing", "logistics", "billing", "workplace")
AS_OF = "2026-11-22T09:00:00Z"
WORDS = {True: "true", False: "false", None: "unknown"}


def drawn(strategy: st.SearchStrategy[Any], count: int) -> tuple[list[Any], float]:
    """Values of a strategy, and the CPU seconds that they took, Hypothesis' own included."""
    found: list[Any] = []
    chosen = settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    started = time.process_time()
    chosen(given(strategy)(lambda value: found.append(value)))()
    return found, time.process_time() - started


def seen(truths: Truths, of: Iterable[Customer]) -> dict[str, set[Any]]:
    """The truths that are seen, by rule."""
    found: dict[str, set[Any]] = {id: set() for id in truths.conditions}
    for customer in of:
        for id, truth in truths.all(customer).items():
            found[id].add(truth)
    return found


def sampled(orchestrator: nba.Orchestrator, count: int) -> Iterator[Customer]:
    """The believable population."""
    ruleset = orchestrator.ruleset
    context = surroundings(ruleset.context, as_of=AS_OF)
    for profile in believable(ruleset.profile, count, as_of=AS_OF):
        yield Customer(profile, context, AS_OF)


def possible(orchestrator: nba.Orchestrator, truths: Truths) -> dict[str, set[Any]]:
    """The truths that no proof rules out, by rule."""
    found = {}
    for id, node in truths.conditions.items():
        asked = {
            True: lambda encoder, node=node: encoder.truth(node).true,
            False: lambda encoder, node=node: encoder.truth(node).false,
            None: lambda encoder, node=node: encoder.truth(node).unknown,
        }
        found[id] = {truth for truth, bit in asked.items() if ask(orchestrator.ruleset, bit).status != "never"}
    return found


def report(name: str, orchestrator: nba.Orchestrator, count: int) -> None:
    """Print the figures of one rule set."""
    truths = Truths(orchestrator.ruleset)
    can = possible(orchestrator, truths)
    total = {truth: sum(truth in of for of in can.values()) for truth in WORDS}
    print(f"{name}: {len(can)} rules, laws and signals, {sum(total.values())} possible truths")
    steered, seconds = drawn(customers(orchestrator), count)
    typed, plainly = drawn(customers(orchestrator, interesting=False), count)
    _, alone = drawn(profiles(orchestrator), count)
    for label, of in (("rules", steered), ("types", typed), ("sample", sampled(orchestrator, count))):
        found = seen(truths, of)
        shares = [f"{WORDS[truth]} {sum(truth in found[id] & can[id] for id in can)}/{total[truth]}" for truth in WORDS]
        both = sum(len(found[id] & can[id]) for id in can)
        print(f"  {label:7} {100 * both / sum(total.values()):5.1f} %   {'   '.join(shares)}")
        if label == "rules":
            rest = [f"{id} {WORDS[truth]}" for id in can for truth in sorted(can[id] - found[id], key=str)]
            print(f"          not seen: {', '.join(rest) or 'none'}")
    each = [f"{1e3 * of / count:.2f}" for of in (seconds, plainly, alone)]
    print(f"  ms of CPU each: customers {each[0]}, by types {each[1]}, profiles alone {each[2]}")


def main() -> None:
    """Report on the rule sets that are named, or on all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--count", type=int, default=1000)
    chosen = parser.parse_args()
    folders = sorted(of.name for of in (ROOT / "rulesets").iterdir() if of.is_dir())
    for name in chosen.names or [*folders, *PACKS]:
        loaded = nba.load(packs=[name]) if name in PACKS else nba.load(ROOT / "rulesets" / name)
        report(f"pack {name}" if name in PACKS else name, loaded, chosen.count)


if __name__ == "__main__":
    main()
