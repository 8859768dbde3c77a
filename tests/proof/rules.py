"""Small sets of rules for tests: a house, a schema and one pack, written where a test says."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import nba

NUMBER, BOOLEAN, TEXT = {"type": "number"}, {"type": "boolean"}, {"type": "string"}
SHOP = {
    "type": "object",
    "properties": {
        "age": NUMBER,
        "spent": NUMBER,
        "visits": {"type": "integer"},
        "loyal": BOOLEAN,
        "angry": BOOLEAN,
        "since": {"type": "string", "format": "date-time"},
        "level": {"enum": ["low", "medium", "high"]},
        "orders": {
            "type": "array",
            "items": {"type": "object", "properties": {"id": TEXT, "total": NUMBER, "late": BOOLEAN}},
        },
    },
}
ACTIONS = """
actions:
  call: {title: Call, tier: recovery}
  help: {title: Help, tier: care}
  thank: {title: Thank, tier: adoption}
  offer: {title: Offer, tier: growth}
  upsell: {title: Upsell, tier: growth}
"""


def shop(folder: Path, rules: str, *, house: str = "", actions: str = ACTIONS) -> nba.Orchestrator:
    """A shop with these rules, loaded from files."""
    schema = {"type": "object", "properties": {"shop": SHOP}}
    (folder / "profile.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    head = "house: small\nprofile: profile.schema.json\n"
    (folder / "house.yaml").write_text(head + dedent(house), encoding="utf-8")
    (folder / "shop.yaml").write_text("pack: shop\n" + dedent(rules).lstrip("\n") + actions, encoding="utf-8")
    return nba.load(folder)


def line_of(folder: Path, text: str, file: str = "shop.yaml") -> str:
    """`file:line` of the first line with a text."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return f"{file}:{next(number for number, line in enumerate(lines, 1) if text in line)}"
