"""What was written as plain JSON, the same whatever the order of keys and of rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from nba.source import Written


def canonical(value: Any) -> str:
    """The one text for a document, or for plain values.

    >>> canonical({"b": [1], "a": None})
    '{"a": null, "b": [1]}'
    """
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=True)


_PLAIN = (str, int, float)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, Written):
        return value.text
    if isinstance(value, BaseModel):
        said = {name: _plain(getattr(value, name)) for name in value.model_fields_set}
        if isinstance(said.get("rules"), list):  # the order of rules does not matter
            said["rules"] = sorted(said["rules"], key=lambda rule: str(rule["id"]))
        return said
    if is_dataclass(value) and not isinstance(value, type):
        return {type(value).__name__: {of.name: _plain(getattr(value, of.name)) for of in fields(value)}}
    if isinstance(value, Mapping):
        return {str(key): _plain(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(of) for of in value]
    return value.isoformat() if isinstance(value, date) else value
