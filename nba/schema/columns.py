"""Cells of rows: found by name, and turned from text into what they stand for, strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from nba.language.values import Scalar
from nba.schema import scalars
from nba.schema.scalars import Misfit

Kind: TypeAlias = Literal["text", "number", "integer", "boolean", "date", "instant"]
Convert: TypeAlias = Callable[[object], Scalar]

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_LONGEST_NUMBER = 400  # characters
_LONGEST_DATE = 100
_SCALARS = (str, bytes, int, float, Decimal, date, UUID, list, tuple, set, frozenset)

DIRECTIVES: Final = "YmdHMSfz"
"""What a date format may have after `%`: figures only, as names of months and days depend on the machine's language."""


class Absent:
    """The type of `ABSENT`: the row has no such column."""


ABSENT: Final = Absent()


def look_up(row: object, column: str) -> object:
    """The cell of a row: a column of exactly that name, or else a path through mappings and attributes.

    `ABSENT` when there is none. Raises whatever the row's own methods raise.

    >>> look_up({"a.b": 1}, "a.b"), look_up({"a": {"b": 2}}, "a.b"), look_up({"a": None}, "a.b")
    (1, 2, None)
    """
    if isinstance(row, Mapping) and column in row:
        return row[column]
    current = row
    for part in column.split("."):
        if current is None:
            return None if current is not row else ABSENT
        if isinstance(current, Mapping):
            if part not in current:
                return ABSENT
            current = current[part]
        elif isinstance(current, _SCALARS) or part.startswith("__"):
            return ABSENT
        else:
            current = getattr(current, part, ABSENT)
            if current is ABSENT:
                return ABSENT
    return current


def as_text(cell: object) -> str | None:
    """A cell as a mapping file writes it, to compare with; None for what is no single value.

    >>> as_text("Yes"), as_text(True), as_text(-999), as_text(2.0)
    ('Yes', 'true', '-999', '2')
    """
    if isinstance(cell, str):
        return str.__str__(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(float(cell))
    return str(cell) if isinstance(cell, int | date | Decimal | UUID) else None


def converter(kind: Kind, *, format: str | None = None, zone: ZoneInfo | None = None) -> Convert:
    """How a cell is read as a kind of value. A cell that has the right type already is taken as it is.

    `format` reads dates and instants from text; `zone` is where an instant without a UTC offset was written down.

    >>> converter("number")("12.50"), converter("date", format="%m/%d/%Y")("2/24/2011")
    (12.5, datetime.date(2011, 2, 24))
    """
    match kind:
        case "text":
            return _to_text
        case "number":
            return _to_number
        case "integer":
            return _to_integer
        case "boolean":
            return _to_boolean
        case "date":
            return scalars.calendar_date if format is None else _dated(format)
        case "instant":
            return _instant(format, zone)


def _to_text(cell: object) -> str:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(int.__int__(cell))
    return scalars.text(cell)


def _to_number(cell: object) -> int | float:
    if not isinstance(cell, str):
        return scalars.number(cell)
    if len(cell) > _LONGEST_NUMBER or not _NUMBER.fullmatch(cell):
        raise Misfit("text that is not a number", "a number such as 12.5")
    return scalars.number(int(cell) if _WHOLE.fullmatch(cell) else float(cell))


def _to_integer(cell: object) -> int:
    if isinstance(cell, str) and (len(cell) > _LONGEST_NUMBER or not _WHOLE.fullmatch(cell)):
        raise Misfit("text that is not a whole number", "a whole number such as 12")
    return scalars.integer(int(cell) if isinstance(cell, str) else cell)


def _to_boolean(cell: object) -> bool:
    if isinstance(cell, str):
        if cell not in {"true", "false"}:
            raise Misfit("text", "true or false; say with `values:` what other texts mean")
        return cell == "true"
    return scalars.boolean(cell)


def _dated(format: str) -> Callable[[object], date]:
    return lambda cell: _parsed(cell, format).date() if isinstance(cell, str) else scalars.calendar_date(cell)


def _instant(format: str | None, zone: ZoneInfo | None) -> Callable[[object], datetime]:
    def read(cell: object) -> datetime:
        moment = cell
        if isinstance(cell, str) and format is not None:
            moment = _parsed(cell, format)
        elif isinstance(cell, str) and zone is not None and _without_offset(cell) is not None:
            moment = _without_offset(cell)
        if isinstance(moment, datetime) and moment.tzinfo is None and zone is not None:
            moment = _placed(moment, zone)
        return scalars.instant(moment)

    return read


def _parsed(cell: str, format: str) -> datetime:
    wanted = f"a date or time written as {format}"
    if len(cell) > _LONGEST_DATE or not cell.isascii():
        raise Misfit("text", wanted)
    try:
        return datetime.strptime(cell, format)  # noqa: DTZ007  # an offset is in the format, or added by `_placed`
    except ValueError:
        raise Misfit("text", wanted) from None


def _without_offset(cell: str) -> datetime | None:
    """An ISO 8601 text without an offset."""
    try:
        return scalars.instant(cell + "Z").replace(tzinfo=None) if len(cell) < _LONGEST_DATE else None
    except Misfit:
        return None


def _placed(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time, when there is exactly one."""
    try:
        moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        later = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except OverflowError:
        raise Misfit("an instant outside of the years 1 to 9999 in UTC", scalars.INSTANT_WANTED) from None
    if moment != later:  # twice when clocks go back, never when they go forward
        raise Misfit(f"a local time that {zone.key} does not have exactly once", scalars.INSTANT_WANTED)
    return moment
