"""Profiles and contexts from files: JSON or YAML, strictly, and safely whatever the bytes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from nba.documents.decoding import decode
from nba.documents.nodes import bare, plain
from nba.documents.yaml import read
from nba.errors import Problem, RulesError
from nba.source import Span

LARGEST = 50_000_000
"""Bytes of a file that is read as data."""
_MOST_DIGITS = 400


def read_data(path: str | Path) -> dict[str, Any]:
    """The mapping in a file of JSON or YAML, of plain values.

    Raises:
        RulesError: it cannot be read, is no JSON or YAML, or holds no mapping; with the place.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise RulesError([Problem("unreadable", f"`{path}` is a folder, and a file is wanted")])
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise RulesError([Problem("unreadable", f"`{path}` cannot be read: {reason}")]) from None
    return data_of(str(path), data, json_only=path.suffix == ".json")


def data_of(name: str, data: bytes, *, json_only: bool = False) -> dict[str, Any]:
    """The mapping in bytes of JSON, or of YAML unless `json_only`; like `read_data`.

    >>> data_of("<input>", b'{"id": "C-1"}'), data_of("<input>", b"id: C-1")
    ({'id': 'C-1'}, {'id': 'C-1'})
    """
    if len(data) > LARGEST:
        raise RulesError([Problem("too-long", f"`{name}` has more than {LARGEST:,} bytes")])
    if not data.strip():
        raise RulesError([Problem("empty", f"`{name}` is empty", help="a mapping of fields to values is wanted")])
    if json_only or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        try:
            return _mapping(name, _json(name, data))
        except RulesError as error:
            if json_only or data.lstrip(b"\xef\xbb\xbf \t\r\n")[1:].lstrip()[:1] in (b'"', b"{", b"}", b""):
                raise
            return _yaml(name, data, error)
    return _yaml(name, data)


def _yaml(name: str, data: bytes, before: RulesError | None = None) -> dict[str, Any]:
    """The same, as YAML. `before` is what was wrong with it as JSON, and is told when it is no YAML either."""
    try:
        node = read(decode(name, data))
    except RulesError:
        if before is not None:
            raise before from None
        raise
    return _mapping(name, bare(plain(node)) if node is not None else None)


def _json(name: str, data: bytes) -> object:
    source = decode(name, data)
    try:
        return json.loads(
            source.text, object_pairs_hook=_unique, parse_constant=_no_number, parse_int=_integer, parse_float=_float
        )
    except json.JSONDecodeError as error:
        place = Span(source, error.pos, min(error.pos + 1, len(source.text)))
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise RulesError([Problem("json", message, place)]) from None
    except RecursionError:
        raise RulesError([Problem("too-deep", f"`{name}` nests too many lists and mappings in each other")]) from None
    except ValueError as error:
        raise RulesError([Problem("json", f"`{name}`: {error}", Span(source, 0, 0))]) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key `{twice[:60]}` is in one object twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON; leave the field out when it is not known")


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError("a number has too many digits")
    return int(text)


def _float(text: str) -> float:
    if len(text) > _MOST_DIGITS:
        raise ValueError("a number has too many digits")
    return float(text)


def _mapping(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "one value" if value is not None else "nothing"
        message = f"`{name}` holds {kind}, and a mapping of fields to values is wanted"
        raise RulesError([Problem("no-mapping", message)])
    return value
