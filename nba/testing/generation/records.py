"""A profile with a field of every type, nested in every way, for rules and data to be generated for."""

from __future__ import annotations

from typing import Any

_TEXT, _NUMBER, _INTEGER, _FLAG = {"type": "string"}, {"type": "number"}, {"type": "integer"}, {"type": "boolean"}
_DAY = {"type": "string", "format": "date"}
_INSTANT = {"type": "string", "format": "date-time"}
_LEVEL = {"type": "string", "enum": ["low", "medium", "high"], "x-ordered": True}
_STATUS = {"type": "string", "enum": ["open", "waiting", "closed"]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _record(title: str, **fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "properties": fields}


_PART = _record("part", sku=_TEXT, price=_NUMBER, quantity=_INTEGER)
_CASE = _record(
    "case",
    id=_TEXT,
    status=_STATUS,
    severity=_LEVEL,
    urgent=_FLAG,
    opened_at=_INSTANT,
    due_on=_DAY,
    cost=_NUMBER,
    tags=_list(_TEXT),
    parts=_list(_PART),
    owner=_record("owner", name=_TEXT, since=_DAY),
)
_ORDER = _record("order", number=_INTEGER, status=_STATUS, total=_NUMBER, eta=_DAY, late=_FLAG)

SECTIONS: dict[str, Any] = _record(
    "sections",
    service=_record(
        "service",
        waiting=_FLAG,
        mood=_LEVEL,
        satisfaction=_NUMBER,
        last_contact_at=_INSTANT,
        cases=_list(_CASE),
        ratings=_list(_NUMBER),
        by_channel=_map(_FLAG),
    ),
    sales=_record(
        "sales",
        plan=_record("plan", kind=_STATUS, ends_on=_DAY, price=_NUMBER, note=_TEXT),
        orders=_list(_ORDER),
        spend=_map(_NUMBER),
        interests=_list(_TEXT),
    ),
    billing=_record("billing", hardship=_FLAG, level=_LEVEL, overdue_days=_INTEGER, due_on=_DAY, remark=_TEXT),
)
"""A JSON Schema of sections beside the core profile."""

SURROUNDINGS: dict[str, Any] = _record("surroundings", season=_STATUS, strike=_FLAG, load=_NUMBER, prices=_map(_NUMBER))
"""A JSON Schema of fields beside the core context."""
