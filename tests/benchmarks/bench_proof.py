"""How long `nba prove` takes on rule sets of 200 and 1,000 rules over forty features.

    python tests/benchmarks/bench_proof.py [SEED]

The rules are made from a seed: departments with proposals, guards, weights and signals over numbers, texts, dates,
flags and a list of cases; laws of which some hold by the rules, some only by the law, and an `always` law.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import nba
from nba.proof import prove

DEPARTMENTS = ("service", "sales", "billing", "marketing", "logistics")
TIERS = ("recovery", "care", "retention", "adoption", "growth")
LEVELS = ("low", "medium", "high")
_KINDS: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("n", {"type": "number"}, 14),
    ("t", {"type": "string"}, 6),
    ("f", {"type": "boolean"}, 8),
    ("e", {"type": "string", "enum": list(LEVELS), "x-ordered": True}, 6),
    ("d", {"type": "string", "format": "date"}, 6),
)
_CASE = {
    "title": "case",
    "type": "object",
    "properties": {
        "level": {"type": "string", "enum": list(LEVELS), "x-ordered": True},
        "open": {"type": "boolean"},
        "cost": {"type": "number"},
        "opened_at": {"type": "string", "format": "date-time"},
    },
}


def schema() -> dict[str, Any]:
    """Forty fields of single values, and a list of cases."""
    fields = {f"{kind}{number}": of for kind, of, count in _KINDS for number in range(count)}
    data = {"title": "data", "type": "object", "properties": {**fields, "cases": {"type": "array", "items": _CASE}}}
    return {"title": "sections", "type": "object", "properties": {"data": data}}


def atom(rng: Random) -> str:
    """A comparison of one field, or something of the cases."""
    kind = rng.choice("nnntffeedc")
    if kind == "n":
        return f"data.n{rng.randrange(14)} {rng.choice(('<', '>=', '>'))} {rng.randrange(0, 100, 5)}"
    if kind == "t":
        return f'data.t{rng.randrange(6)} in ["{rng.choice("abc")}", "{rng.choice("def")}"]'
    if kind == "f":
        return f"data.f{rng.randrange(8)}"
    if kind == "e":
        return f'data.e{rng.randrange(6)} >= "{rng.choice(LEVELS[1:])}"'
    if kind == "d":
        return f"days_since(data.d{rng.randrange(6)}) > {rng.choice((7, 30, 90, 365))}"
    return rng.choice(
        (
            f'any(c.level >= "{rng.choice(LEVELS)}" for c in data.cases if c.open)',
            f"count(c for c in data.cases if c.open) >= {rng.randrange(1, 4)}",
            f"max(c.cost for c in data.cases if c.open) > {rng.randrange(50, 500, 50)}",
            f"all(days_since(c.opened_at) < {rng.choice((3, 10, 30))} for c in data.cases if c.open)",
        )
    )


def condition(rng: Random, parts: int = 3) -> dict[str, Any]:
    """Some comparisons, all or any of them."""
    return {rng.choice(("all", "all", "any")): [atom(rng) for _ in range(rng.randrange(1, parts + 1))]}


def rule_set(count: int, rng: Random) -> dict[str, dict[str, Any]]:
    """The files of a rule set with so many rules, by name."""
    packs: dict[str, dict[str, Any]] = {
        name: {"pack": name, "signals": {}, "actions": {}, "rules": []} for name in DEPARTMENTS
    }
    for name, pack in packs.items():
        for number in range(4):
            signal = {"when": condition(rng)} if number else {"when": {"any": [atom(rng), atom(rng)]}}
            pack["signals"][f"s{number}"] = signal
        for number in range(max(2, count // 40)):
            tier = TIERS[0] if name == "service" and number < 2 else rng.choice(TIERS)
            channels = rng.sample(("email", "phone", "app"), rng.randrange(1, 3))
            value = f"default(data.n{rng.randrange(14)}, 1)"
            pack["actions"][f"a{number}"] = {"tier": tier, "channels": channels, "tags": [name], "value": value}
    signals = [f"{name}.s{number}" for name in DEPARTMENTS for number in range(4)]
    made = 0
    while made < count:
        pack = packs[rng.choice(DEPARTMENTS)]
        id, because = f"r{made}", "it is so"
        kind, own = rng.random(), rng.choice(sorted(pack["actions"]))
        when = {"all": [rng.choice(signals), condition(rng)]} if rng.random() < 0.5 else condition(rng)
        if kind < 0.5:
            pack["rules"].append({"id": id, "when": when, "propose": own, "because": because})
        elif kind < 0.85:
            select = rng.choice(({"tier": rng.choice(TIERS[2:])}, {"action": own}, {"tag": rng.choice(DEPARTMENTS)}))
            guard = {"all": [rng.choice(signals), atom(rng)]}
            pack["rules"].append({"id": id, "when": guard, "block": select, "because": because})
        else:
            pack["rules"].append(
                {"id": id, "when": when, "weigh": {"select": {"action": own}, "by": 2}, "because": because}
            )
        made += 1
    packs["service"]["rules"] += [
        {"id": "hold", "when": "service.s0", "block": {"tier": ["retention", "growth"]}, "because": "it is so"},
        {"id": "hush", "when": "billing.s0", "block": {"tag": "marketing"}, "because": "it is so"},
        {"id": "help", "when": "sales.s0", "propose": "a0", "because": "it is so"},
    ]
    laws = [
        {"id": "by_rules", "given": "service.s0", "never": {"tier": "growth"}},
        {"id": "by_rules_too", "given": "service.s0 and data.f0", "never": {"tier": ["retention", "growth"]}},
        {"id": "by_a_tag", "given": "billing.s0", "never": {"tag": "marketing"}},
        {"id": "only_by_law", "given": "data.f1 and data.f2", "never": {"tier": "growth"}},
        {"id": "only_by_law_too", "given": "marketing.s1", "never": {"department": "logistics", "channel": "email"}},
        {"id": "does_it_help", "given": "sales.s0 and context.channel is missing", "always": {"tier": "recovery"}},
    ]
    house = {
        "house": "bench",
        "profile": "profile.json",
        "timezone": "Europe/Helsinki",
        "tiers": list(TIERS),
        "promotional": ["retention", "adoption", "growth"],
        "consent": {"growth": "marketing", "retention": "marketing"},
        "laws": [{**law, "because": "it is so"} for law in laws],
    }
    return {"house.yaml": house, **{f"{name}.yaml": pack for name, pack in packs.items()}}


def load(count: int, rng: Random) -> nba.Orchestrator:
    """The rule set, loaded."""
    with tempfile.TemporaryDirectory() as folder:
        for name, document in rule_set(count, rng).items():
            (Path(folder) / name).write_text(json.dumps(document), encoding="utf-8")
        (Path(folder) / "profile.json").write_text(json.dumps(schema()), encoding="utf-8")
        return nba.load(folder)


def main(seed: str) -> None:
    """Prove the laws of both sizes and print how long it took."""
    for count in (200, 1000):
        orchestrator = load(count, Random(f"{seed} {count}"))
        wall, cpu = time.perf_counter(), time.process_time()
        proof = prove(orchestrator)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        counts = Counter(of.verdict for of in proof.findings)
        verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
        print(f"{count} rules: {wall:.1f} s, of which CPU {cpu:.1f} s; {verdicts}")
        for of in proof.findings:
            print(f"  {of.subject}: {of.verdict}, {of.seconds:.2f} s ({of.why})")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "0")
