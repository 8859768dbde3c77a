"""A made-up company to measure decisions on: as many rules as asked for, and customers of forty-two fields.

A rule asks for three to five things of a customer, and one in ten holds. Everything follows from a seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import nba

AS_OF = "2026-11-22T09:00:00Z"
USUAL_TIERS = ("obligation", "recovery", "care", "retention", "adoption", "growth")
WORDS = ("red", "green", "blue", "white", "black", "grey")
TAGS = [f"tag{of}" for of in range(12)]
NUMBERS = [f"n{of}" for of in range(14)] + [f"billing.n{of}" for of in range(4)] + [f"usage.n{of}" for of in range(4)]
TEXTS = [f"t{of}" for of in range(6)] + ["usage.t0", "usage.t1"]
FLAGS = [f"b{of}" for of in range(6)]
DATES = [f"d{of}" for of in range(4)] + ["billing.d0", "billing.d1"]
FIELDS = len(NUMBERS) + len(TEXTS) + len(FLAGS) + len(DATES)


@dataclass(frozen=True)
class Company:
    """How many rules there are, what share of them are guards, in how many tiers, and how much of a customer is not
    known."""

    rules: int
    guards: float = 0.1
    tiers: int = 6
    missing: float = 0.0
    matching: float = 0.1
    seed: str = "company"

    def customers(self, count: int) -> list[dict[str, Any]]:
        """Customers of this company, as the mappings that an application has."""
        rng = Random(f"{self.seed} customers")
        return [customer(rng, self.missing) for _ in range(count)]

    def load(self, folder: Path, matcher: str = "native") -> nba.Orchestrator:
        """The company's rules, ready to decide."""
        for name, document in self.documents().items():
            (folder / name).write_text(json.dumps(document))  # JSON is YAML
        return nba.load(folder, matcher=matcher)

    def documents(self) -> dict[str, dict[str, Any]]:
        """What each of the files says."""
        rng = Random(f"{self.seed} {replace(self, missing=0)}")
        tiers = [*USUAL_TIERS, *(f"tier{of}" for of in range(self.tiers - len(USUAL_TIERS)))]
        actions = {f"a{of}": self.action(of, tiers, rng) for of in range(max(5, self.rules // 5))}
        rules = list(self.rule_set(list(actions), tiers, rng))
        house = {
            "house": "bench",
            "timezone": "UTC",
            "profile": "profile.schema.json",
            "tiers": tiers,
            "consent": {"growth": "marketing"},
            "vocabulary": {"tags": TAGS, "channels": ["email", "phone", "sms"]},
        }
        return {
            "house.yaml": house,
            "profile.schema.json": schema(),
            "pack.yaml": {"pack": "p", "actions": actions, "rules": rules},
        }

    def action(self, number: int, tiers: list[str], rng: Random) -> dict[str, Any]:
        """An action; a third have a score that differs between customers."""
        found: dict[str, Any] = {"title": f"Action {number}", "tier": tiers[number % len(tiers)]}
        found["channels"] = rng.sample(["email", "phone", "sms"], rng.randrange(1, 4))
        found["tags"] = [rng.choice(TAGS)]
        score = rng.random()
        if score < 1 / 3:
            found["value"] = f"1 + {rng.choice(NUMBERS[:14])} / 100"
        elif score < 2 / 3:
            found["value"] = rng.randrange(1, 100)
        return found

    def rule_set(self, actions: list[str], tiers: list[str], rng: Random) -> Iterator[dict[str, Any]]:
        """The rules: guards, a few weights and tasks, and what proposes."""
        for number in range(self.rules):
            rule: dict[str, Any] = {"id": f"r{number}", "because": f"it is so in case {number}"}
            kind = rng.random()
            if kind < self.guards:
                rule["block"] = rng.choice([{"tier": rng.choice(tiers)}, {"tag": rng.choice(TAGS)}, {"channel": "sms"}])
                rule["when"] = {"all": conditions(rng, rng.randrange(3, 6), min(self.matching, 0.02))}
            else:
                rule["when"] = {"all": conditions(rng, rng.randrange(3, 6), self.matching)}
                if kind < self.guards + 0.02:
                    rule["weigh"] = {"select": {"tag": rng.choice(TAGS)}, "by": 2}
                elif kind < self.guards + 0.04:
                    rule["notify"] = {"department": "p", "message": "See to {id}"}
                else:
                    rule["propose"] = actions[number % len(actions)]
            yield rule


def conditions(rng: Random, count: int, matching: float) -> list[str]:
    """Conditions on different fields that hold together for about so many customers."""
    each = matching ** (1 / count)
    fields = rng.sample([*NUMBERS, *TEXTS, *FLAGS, *DATES], count)
    return [condition(field, each, rng) for field in fields]


def condition(field: str, share: float, rng: Random) -> str:
    """A condition that holds for about so many customers."""
    name = field.rpartition(".")[2]
    if name[0] == "n":
        bound = round(1000 * share) + rng.randrange(-40, 41)
        return f"{field} < {bound}" if rng.random() < 0.5 else f"{field} >= {1000 - bound}"
    if name[0] == "t":
        known = sorted(rng.sample(WORDS, max(1, round(share * len(WORDS)))))
        return f"{field} in {json.dumps(known)}" if len(known) > 1 else f'{field} == "{known[0]}"'
    if name[0] == "d":
        return f"days_since({field}) < {round(1000 * share) + rng.randrange(-40, 41)}"
    return field if rng.random() < 0.5 else f"not {field}"


def schema() -> dict[str, Any]:
    """The profile's schema."""
    root: dict[str, Any] = {"type": "object", "properties": {}}
    kinds = {
        "n": {"type": "number"},
        "t": {"type": "string", "enum": list(WORDS)},
        "b": {"type": "boolean"},
        "d": {"type": "string", "format": "date"},
    }
    for field in [*NUMBERS, *TEXTS, *FLAGS, *DATES]:
        section, _, name = field.rpartition(".")
        properties = root["properties"]
        if section:
            properties = properties.setdefault(section, {"type": "object", "properties": {}})["properties"]
        properties[name] = kinds[name[0]]
    return root


def customer(rng: Random, missing: float) -> dict[str, Any]:
    """A customer as an application has it, some of it missing."""
    found: dict[str, Any] = {"id": "C-1", "consents": {"marketing": {"granted": True, "channels": {"email": True}}}}
    for field in [*NUMBERS, *TEXTS, *FLAGS, *DATES]:
        section, _, name = field.rpartition(".")
        place = found.setdefault(section, {}) if section else found
        if rng.random() < missing:
            continue
        match name[0]:
            case "n":
                place[name] = rng.choice((rng.randrange(1000), round(rng.uniform(0, 1000), 2)))
            case "t":
                place[name] = rng.choice(WORDS)
            case "b":
                place[name] = rng.random() < 0.5
            case _:
                place[name] = f"2026-{rng.randrange(1, 11):02}-{rng.randrange(1, 29):02}"
    return found
