"""Paths into data, as linked pairs: cheap to extend on the way down, and rendered only when something is wrong."""

from __future__ import annotations

import re
from typing import TypeAlias

Path: TypeAlias = "tuple[Path, str | int] | None"

_PART = re.compile(r'\.?([^\W\d]\w*)|\["([^"\]]+)"\]')
_LONGEST_NAME = 60  # characters of a key that are shown: keys of maps may be personal data


def parts_of(path: Path) -> list[str | int]:
    """The names and indexes that a path goes through, outermost first."""
    parts: list[str | int] = []
    while path is not None:
        path, part = path
        parts.append(part)
    return parts[::-1]


def render(path: Path) -> str:
    """A path as rules write it; `[*]` is some item of a set.

    >>> render((((None, "service"), "cases"), 2)), render(((None, "propensities"), "sales.gold"))
    ('service.cases[2]', 'propensities["sales.gold"]')
    """
    out = ""
    for part in parts_of(path):
        if isinstance(part, int) or part == "*":
            out += f"[{part}]"
        elif part.isidentifier() and len(part) <= _LONGEST_NAME:
            out += f".{part}" if out else part
        else:
            shown = "".join(c if c.isprintable() and c != '"' else "�" for c in part[:_LONGEST_NAME])
            out += f'["{shown}{"…" if len(part) > _LONGEST_NAME else ""}"]'
    return out


def parse_path(text: str) -> tuple[str, ...] | None:
    """The names of a path as rules write it; None when it is not one.

    >>> parse_path('propensities["sales.gold"]'), parse_path("service..cases")
    (('propensities', 'sales.gold'), None)
    """
    parts: list[str] = []
    end = 0
    for match in _PART.finditer(text):
        if match.start() != end or (text[end] == "." and not parts) or (match[1] and parts and text[end] != "."):
            return None
        parts.append(match[1] or match[2])
        end = match.end()
    return tuple(parts) if parts and end == len(text) else None
