"""The engines side by side: native, durable, and durable_rules used by hand, in one run.

    python tests/benchmarks/bench_engines.py             # a minute or two
    python tests/benchmarks/bench_engines.py --memory    # what is left after many reloads and decisions: five minutes

Times are the shortest of rounds in which the engines take turns on the same customers: others on the machine can only
make a round longer. What counts is the ratios.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import durable_rules_engine as engine

import nba
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.matching.durable.matcher import DurableMatcher
from nba.matching.durable.ruleset import Ruleset
from nba.matching.native import NativeMatcher
from nba.ruleset.model import Layer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, it finds only what is beside it
from tests.matching.raw import resident
from tests.realdata import insurance

AS_OF = "2026-11-22T09:00:00Z"
SIZES = {10: 100, 100: 50, 1000: 9}
"""How many rounds for so many rules."""
FIELDS = 40
CUSTOMERS = 50


def rules(count: int, rng: Random) -> list[tuple[str, dict[str, Any]]]:
    """So many different conditions over forty fields: in the rule language, and in the JSON of durable_rules."""
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        one, other, word = rng.sample(range(FIELDS), 3)
        low, high, name = rng.randrange(100), rng.randrange(100), rng.choice("abcde")
        found[f'n{one} < {low} and (n{other} >= {high} or t{word} == "{name}")'] = {
            "$and": [{"$lt": {f"n{one}": low}}, {"$or": [{"$gte": {f"n{other}": high}}, {f"t{word}": name}]}]
        }
    return list(found.items())


def customer(rng: Random, missing: float) -> dict[str, Any]:
    """A customer with numbers and texts, some of them missing."""
    values = {f"n{of}": rng.randrange(100) for of in range(FIELDS)} | {
        f"t{of}": rng.choice("abcde") for of in range(FIELDS)
    }
    return {name: value for name, value in values.items() if rng.random() >= missing}


def load(conditions: Sequence[str], matcher: str, folder: Path) -> nba.Orchestrator:
    """The conditions as rules that propose one of ten actions."""
    fields = {f"n{of}": {"type": "number"} for of in range(FIELDS)} | {
        f"t{of}": {"type": "string"} for of in range(FIELDS)
    }
    (folder / "profile.schema.json").write_text(json.dumps({"type": "object", "properties": fields}))
    (folder / "house.yaml").write_text("house: bench\nprofile: profile.schema.json\ntimezone: UTC\n")
    actions = {f"a{of}": {"title": f"Action {of}", "tier": "growth"} for of in range(10)}
    entries = [
        {"id": f"r{place}", "when": condition, "propose": f"a{place % 10}", "because": "so it is"}
        for place, condition in enumerate(conditions)
    ]
    pack = {"pack": "bench", "actions": actions, "rules": entries}
    (folder / "pack.yaml").write_text(json.dumps(pack))  # JSON is YAML
    return nba.load(folder, matcher=matcher)


class ByHand:
    """What one would write without us: the values as JSON; assert, drain, retract. It knows true and not true."""

    def __init__(self, patterns: Sequence[Mapping[str, Any]]) -> None:
        self.handles = []
        for place in range(0, len(patterns), 30):  # each can match in two ways, and more than 64 matches are an error
            some = enumerate(patterns[place : place + 30], place)
            definition = {f"r{number}": {"all": [{"m": pattern}]} for number, pattern in some}
            self.handles.append(engine.create_ruleset("hand", json.dumps(definition)))

    def match(self, values: Mapping[str, Any]) -> set[int]:
        message = json.dumps({"sid": "0", "id": "m", **values})
        fired: set[int] = set()
        for handle in self.handles:
            status, state = engine.assert_fact(handle, message)
            if status == 0:
                started = engine.start_action_for_state(handle, state)
                action = started[1] if started else None
                while action:
                    fired.update(int(name[1:]) for name in json.loads(action))
                    action = engine.complete_and_start_action(handle, state)
                engine.retract_fact(handle, message)
        return fired


def replay(log: Sequence[tuple[int, str]]) -> None:
    """The calls of the library that the adapter makes, and nothing else."""
    for handle, message in log:
        status, state = engine.assert_fact(handle, message)
        if status == 0:
            started = engine.start_action_for_state(handle, state)
            while started:
                started = engine.complete_and_start_action(handle, state)
            engine.retract_fact(handle, '{"sid":"0","id":"m"}')


def recorded(matcher: DurableMatcher, features: Sequence[Sequence[Any]]) -> list[tuple[int, str]]:
    """The messages that a matcher sends for some customers, each with the handle of its ruleset."""
    log: list[tuple[int, str]] = []
    asserts = engine.assert_fact
    engine.assert_fact = lambda *sent: log.append(sent) or asserts(*sent)
    try:
        for values in features:
            matcher.match(values)
    finally:
        engine.assert_fact = asserts
    return log


def side_by_side(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The fewest seconds of each job, taking turns; of the processor, as other work changes these less."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            times[name].append(time.process_time() - start)
    return {name: min(of) for name, of in times.items()}


def values_of(layer: Layer, customers: Sequence[dict[str, Any]]) -> list[list[Any]]:
    compute = [compile_node(node) for node in layer.features]
    clock: Any = None
    return [[of(Environment(profile, {}, clock)) for of in compute] for profile in customers]


def compare(count: int, rounds: int) -> None:
    """One row of the table for each question: matching whole profiles, profiles with gaps, whole decisions."""
    rng = Random(f"bench {count}")
    texts, patterns = zip(*rules(count, rng), strict=True)
    whole = [customer(rng, 0) for _ in range(CUSTOMERS)]
    gaps = [customer(rng, 0.2) for _ in range(CUSTOMERS)]
    with tempfile.TemporaryDirectory() as folder:
        native, durable = (load(texts, name, Path(folder)) for name in ("native", "durable"))
    layer = native.ruleset.layer
    first, second, hand = NativeMatcher(layer), DurableMatcher(layer), ByHand(patterns)
    full, partial = values_of(layer, whole), values_of(layer, gaps)
    assert all(first.match(of) == second.match(of) for of in [*full, *partial])
    assert all(len(hand.match(of)) == len(first.match(values).true) for of, values in zip(whole, full, strict=True))
    for title, values, people in (("all known", full, whole), ("a fifth missing", partial, gaps)):
        log = recorded(second, values)
        found = side_by_side(
            {
                "by hand": lambda people=people: [hand.match(of) for of in people],
                "durable": lambda values=values: [second.match(of) for of in values],
                "its calls": lambda log=log: replay(log),
                "native": lambda values=values: [first.match(of) for of in values],
            },
            rounds,
        )
        us = {name: seconds / CUSTOMERS * 1e6 for name, seconds in found.items()}
        own = us["durable"] - us["its calls"]
        print(
            f"| {count:,} | {title} | {us['by hand']:,.0f} | {us['durable']:,.0f} | {own:,.0f} "
            f"| {own / us['durable']:.0%} | {us['native']:,.0f} | {us['durable'] / us['native']:.1f} |"
        )
    found = side_by_side(
        {
            "native": lambda: [native.decide(of, as_of=AS_OF) for of in gaps],
            "durable": lambda: [durable.decide(of, as_of=AS_OF) for of in gaps],
        },
        rounds,
    )
    one, two = (found[name] / CUSTOMERS * 1e6 for name in ("native", "durable"))
    print(f"| {count:,} | whole decision | | {two:,.0f} | | | {one:,.0f} | {two / one:.1f} |", flush=True)


class Locked(Ruleset):
    """The other way to share: one copy, under a lock."""

    def __init__(self, asked: Mapping[int, Mapping[str, object]]) -> None:
        super().__init__(asked)
        self._lock = threading.Lock()

    def fire(self, fields: str, tell: Callable[[int], object]) -> None:
        with self._lock:
            self._free[0].ask(fields, tell)


def share(threads: int, rounds: int) -> None:
    """A ruleset of sixty rules asked by several threads: copies, or a lock."""
    patterns = {of: {"$lt": {f"f{of % 20}": of}} for of in range(60)}
    messages = ["".join(f',"f{of}":{value}' for of in range(20)) for value in range(60)]

    def job(asked: Ruleset) -> Callable[[], None]:
        def run() -> None:
            workers = [
                threading.Thread(target=lambda: [asked.fire(of, set().add) for of in messages * 20])
                for _ in range(threads)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

        return run

    copies, locked = Ruleset(patterns), Locked(patterns)
    found = side_by_side({"copies": job(copies), "lock": job(locked)}, rounds)
    calls = threads * len(messages) * 20
    print(
        f"| {threads} | {found['copies'] / calls * 1e6:,.1f} | {found['lock'] / calls * 1e6:,.1f} "
        f"| {found['lock'] / found['copies']:.2f} | {len(copies._free)} |"
    )


def real_customers(rounds: int) -> None:
    """All customers of the public data set, by each engine: how many decisions differ, and the time of all."""
    path = insurance.data_file()
    if path is None:
        print(f"\nthe real customers are not here: set NBA_DATA to the folder of {insurance.NAME}")
        return
    customers = insurance.load(path)
    profiles = customers.profiles
    engines = {name: nba.load(insurance.RULES, matcher=name) for name in ("native", "durable", "crosscheck")}
    made: dict[str, list[str]] = {}

    def decide(name: str) -> None:
        decisions = [engines[name].decide(of, as_of=insurance.AS_OF) for of in profiles]
        if name not in made:
            made[name] = [json.dumps(of.to_dict() | {"matcher": ""}) for of in decisions]

    for name in engines:
        decide(name)
    found = side_by_side({name: lambda name=name: decide(name) for name in engines}, rounds)
    print(f"\n| {len(profiles):,} real customers | seconds | microseconds a decision | to native | differ |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, seconds in found.items():
        differ = sum(one != other for one, other in zip(made["native"], made[name], strict=True))
        each = seconds / len(profiles) * 1e6
        print(f"| {name} | {seconds:.2f} | {each:,.0f} | {seconds / found['native']:.2f} | {differ} |", flush=True)


def memory() -> None:
    """What is left after many reloads and many decisions. The system's view, so only on Linux."""
    rng = Random("memory")
    texts = [text for text, _ in rules(100, rng)]
    people = [customer(rng, 0.2) for _ in range(20)]
    print("| 100 rules, `durable` | MB before | MB after |\n| --- | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for title, changed in (("200 reloads of the same rules", 0), ("200 reloads, each with a rule changed", 1)):
            before = 0.0
            for turn in range(220):
                texts[50] = f"n1 < {turn * changed}"
                orchestrator = load(texts, "durable", Path(folder))
                for of in people:
                    orchestrator.decide(of, as_of=AS_OF)
                if turn == 19:
                    gc.collect()
                    before = resident()
            gc.collect()
            print(f"| {title} | {before:.1f} | {resident():.1f} |", flush=True)
        orchestrator = load(texts[:10], "durable", Path(folder))
    for turn in range(320_000):
        if turn == 20_000:
            before = resident()
        orchestrator.decide(people[turn % 20], as_of=AS_OF)
    print(f"| 300,000 decisions by 10 rules | {before:.1f} | {resident():.1f} |")


def times() -> None:
    """Matching and whole decisions, shared by threads, and on real customers."""
    print(f"Python {sys.version.split()[0]}, microseconds of processor time a customer\n")
    print("| rules | | by hand | durable | of it, the adapter's own | | native | durable / native |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count, rounds in SIZES.items():
        compare(count, rounds)
    print("\n| threads | copies: microseconds a call | lock | lock / copies | copies kept |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for threads in (1, 4, 16):
        share(threads, 3)
    real_customers(3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", action="store_true", help="measure memory instead of time")
    memory() if parser.parse_args().memory else times()
