"""A small rule set with a bit of everything that an encoding can get wrong, and customers on every edge of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nba
from tests.proof.agreement import Customer

_TEXT, _NUMBER, _FLAG = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
_LEVEL = {"type": "string", "enum": ["low", "medium", "high"], "x-ordered": True}


def _record(title: str, **fields: Any) -> dict[str, Any]:
    return {"title": title, "type": "object", "properties": fields}


_CASE = _record("case", id=_TEXT, level=_LEVEL, cost=_NUMBER, open=_FLAG)
_SCHEMA = _record(
    "sections",
    desk=_record(
        "desk",
        cases={"type": "array", "items": _CASE},
        words={"type": "array", "items": _TEXT},
        x=_NUMBER,
        y=_NUMBER,
        owed=_FLAG,
        quiet=_FLAG,
        level=_LEVEL,
        name=_TEXT,
        seen_at={"type": "string", "format": "date-time"},
    ),
)
_HOUSE = """
house: gym
profile: profile.json
timezone: UTC
promotional: [growth]
consent: {growth: marketing}
assume: [{path: desk.quiet, missing_means: false, because: it is so}]
laws:
  - {id: no_selling, given: desk.owed, never: {action: shop.offer}, because: so}
  - {id: help_comes, given: desk.owed, always: {action: desk.help}, because: so}
  - {id: all_is_told, given: desk.many, always: {action: desk.tell}, because: so}
"""
_DESK = """
pack: desk
signals:
  many: {when: "count(c for c in desk.cases) > 3"}
  serious: {when: any(c.level >= "high" for c in desk.cases if c.open)}
  calm: {when: all(c.level <= "low" for c in desk.cases if c.open)}
  dear: {when: max(c.cost for c in desk.cases) > 100}
  whole: {when: sum(c.cost for c in desk.cases) == 0.6}
  rounded: {when: desk.x + desk.y == 0.30000000000000004}
  small: {when: desk.x < 5}
  lately: {when: days_since(desk.seen_at) <= 1}
  mister: {when: 'starts_with(desk.name, "Mr")'}
  said: {when: '"yes" in desk.words'}
  heavy: {when: 'desk.level >= "medium"'}
  blank: {when: desk.x is missing}
  both: {when: desk.owed and desk.small}
  usual: {when: 'default(desk.x, 7) == 7'}
  guessed: {when: extra.guess > 0}
  noted: {when: 'default(extra.guess, 1) > 0'}
actions:
  help: {tier: recovery, channels: [phone, email]}
  tell: {tier: care, channels: [phone], for_each: c in desk.cases, key: c.id}
  wait: {tier: care, value: extra.guess}
rules:
  - {id: help, when: desk.owed, propose: help, because: so}
  - {id: tell, when: c.open, propose: tell, because: so}
  - {id: wait, when: true, propose: wait, because: so}
  - {id: closed, when: desk.quiet, block: {action: help}, because: so}
  - {id: noisy, when: 'desk.level == "high"', block: {action: help}, on_unknown: allow, because: so}
  - {id: guess, when: desk.guessed, block: {action: help, channel: email}, on_unknown: allow, because: so}
"""
_SHOP = """
pack: shop
actions:
  offer: {tier: growth, channels: [email, phone], valid: {from: 2026-01-01, until: 2026-12-31}, value: desk.y}
rules:
  - {id: offer, when: desk.x >= 5, propose: offer, because: so}
  - {id: hold, when: desk.owed or desk.serious, block: {tier: growth}, because: so}
"""


@nba.feature(reads=["desk.y"], returns=float, name="guess")
def _guess(y: float | None) -> float | None:
    if y == 13:
        raise RuntimeError("unlucky")
    return y


def gym(folder: Path) -> nba.Orchestrator:
    """The rule set, loaded."""
    (folder / "profile.json").write_text(json.dumps(_SCHEMA))
    for name, text in (("house", _HOUSE), ("desk", _DESK), ("shop", _SHOP)):
        (folder / f"{name}.yaml").write_text(text)
    plugin = SimpleNamespace(nba_features=nba.hookimpl(_features))
    return nba.load(folder, plugins={"extra": plugin})


def _features() -> list[Any]:
    return [_guess]


_features.__name__ = "nba_features"

_AGREED = {"marketing": {"granted": True, "channels": {"email": True, "phone": False}}}
_HALF = {"marketing": {"granted": True}}
_REFUSED = {"marketing": {"granted": False, "channels": {"email": True}}}


def _case(level: str | None, cost: float | None = 1, open: bool | None = True, id: str | None = "A") -> dict[str, Any]:
    return {"id": id, "level": level, "cost": cost, "open": open}


_THREE = [_case("low", 0.1, id="A"), _case("medium", 0.2, id="B"), _case("high", 0.3, id="C")]
_LISTS: list[Any] = [
    None,
    [],
    _THREE,
    [_case("low")],
    [_case(None)],
    [_case("high", 101, None)],
    [_case("high", 100), _case("low", 101)],
    [_case("low", None, False), {}],
    [*_THREE, _case("low", 0, id="D")],
]


def customers() -> list[Customer]:
    """Customers on the edges: each list, number, word and moment that the rules tell apart."""
    found = [Customer({})]
    for number, cases in enumerate(_LISTS):
        desk = {"cases": cases, "owed": number % 3 == 0, "x": (4, 5, 6, 7)[number % 4], "y": 1}
        found.append(Customer({"desk": desk, "consents": _AGREED}))
    for x, y in ((0.1, 0.2), (5, 0), (4.999999999999999, 13), (None, 1), (7, None), (5, -1), (5, 13)):
        for owed in (True, False, None):
            found.append(Customer({"desk": {"cases": [], "x": x, "y": y, "owed": owed}, "consents": _AGREED}))
    sold = {"cases": [], "x": 5, "y": 1, "owed": False}
    for consents in (None, _AGREED, _HALF, _REFUSED, {}):
        found.append(Customer({"desk": sold, "consents": consents}))
    for day in ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"):
        found.append(Customer({"desk": sold, "consents": _AGREED}, {}, day))
    for context in ({"channel": "email"}, {"channel": "fax"}, {"direction": "inbound"}, {"direction": "outbound"}):
        found.append(Customer({"desk": {**sold, "owed": True}, "consents": _AGREED}, context))
    for name, words in (("Mr", ["yes"]), ("Mrs X", [None, "no"]), ("M", ["no"]), ("Ms", []), (None, None)):
        desk = {"name": name, "words": words, "level": "medium", "owed": True, "quiet": None, "y": 1}
        found.append(Customer({"desk": desk}))
    for level, at in (("low", "2026-11-21T09:00:00Z"), ("high", "2026-11-21T08:59:59.999999Z"), (None, None)):
        found.append(Customer({"desk": {"level": level, "seen_at": at, "owed": True, "quiet": level == "low", "y": 1}}))
    return found
