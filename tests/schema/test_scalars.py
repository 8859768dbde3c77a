from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from uuid import UUID

import pytest
from pydantic import HttpUrl

from nba.language import types
from nba.schema.scalars import Misfit, scalar_reader


class Colour(StrEnum):
    red = "red"


class OldColour(str, Enum):  # noqa: UP042  # it prints another way than a StrEnum
    red = "red"


class Bare(Enum):
    red = "red"
    one = 1


class Level(IntEnum):
    two = 2


class Shout(str):
    def __str__(self) -> str:
        return "not me"


class Wide(float):
    def __float__(self) -> float:
        return 7.0


class Whole(int):
    pass


class HostileZone(tzinfo):
    def utcoffset(self, moment):
        raise KeyError("no")


class LaterInstant(datetime):
    pass


class LaterDate(date):
    pass


COLOUR = types.Enum(("red", "green"))
INTEGER = types.Number(integer=True)
NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)

READ = [
    (types.BOOLEAN, True, True),
    (types.BOOLEAN, False, False),
    (types.NUMBER, 3, 3),
    (types.NUMBER, 2**53, 2**53),
    (types.NUMBER, 1e300, 1e300),
    (types.NUMBER, Decimal("12.50"), 12.5),
    (types.NUMBER, Level.two, 2),
    (types.NUMBER, Whole(4), 4),
    (types.NUMBER, Wide(1.5), 1.5),
    (types.NUMBER, -0.0, 0.0),
    (types.NUMBER, Decimal("-0"), 0.0),
    (INTEGER, 3.0, 3),
    (INTEGER, 3, 3),
    (types.STRING, "", ""),
    (types.STRING, "żółw 🐢", "żółw 🐢"),
    (types.STRING, Shout("me"), "me"),
    (types.STRING, OldColour.red, "red"),
    (types.STRING, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (types.STRING, HttpUrl("https://a.example/b"), "https://a.example/b"),
    (COLOUR, "red", "red"),
    (COLOUR, Colour.red, "red"),
    (COLOUR, Bare.red, "red"),
    (types.DATE, "2024-02-29", date(2024, 2, 29)),
    (types.DATE, LaterDate(2024, 2, 29), date(2024, 2, 29)),
    (types.INSTANT, "2026-12-31T12:00:00Z", NOON),
    (types.INSTANT, "2026-12-31T14:00:00.000000+02:00", NOON),
    (types.INSTANT, NOON.astimezone(timezone(timedelta(hours=5))), NOON),
    (types.INSTANT, LaterInstant(2026, 12, 31, 12, tzinfo=UTC), NOON),
]


@pytest.mark.parametrize(("kind", "raw", "value"), READ)
def test_a_value_of_the_type_is_read_as_a_plain_one(kind, raw, value):
    read = scalar_reader(kind)(raw)
    assert read == value
    assert type(read) is type(value)
    assert str(read) == str(value)  # -0.0 == 0.0, but is not the same


REFUSED = [
    (types.BOOLEAN, [1, 0, "yes", "true", 1.0, [], None]),
    (types.NUMBER, [True, "1", "", float("nan"), float("inf"), 2**53 + 1, -(10**5000), Decimal("NaN")]),
    (
        types.NUMBER,
        [Decimal("sNaN"), Decimal("Infinity"), Decimal("1e999999"), Decimal(2**53 + 1), 1j, [1], {}, Bare.one],
    ),
    (INTEGER, [3.5, True, "3", 1e300, Decimal("0.5")]),
    (types.STRING, [1, True, b"a", "\ud800", "ab\udfff", ["a"], Bare.one, date(2026, 1, 1)]),
    (COLOUR, ["Red", "", "blue", 1, None, ["red"], "\ud800", "x" * 10_000_000]),
    (types.DATE, [20261231, "2026-02-30", "2026-1-1", "31.12.2026", "2026-12-31T00:00:00Z", NOON, "0000-01-01"]),
    (types.DATE, ["\uff12026-12-31", "2026-12-31\n", "9" * 10_000_000, b"2026-12-31", "2026-W01-1"]),
    (types.INSTANT, [0, 1767225600, 1.5, "1767225600", "2026-12-31", date(2026, 12, 31), NOON.replace(tzinfo=None)]),
    (types.INSTANT, ["2026-12-31T09:00:00", "2026-12-31T25:00:00Z", "0001-01-01T00:00:00+10:00", "9" * 10_000_000]),
    (types.INSTANT, [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=10))), "9999-12-31T23:59:59-01:00"]),
]


@pytest.mark.parametrize(
    ("kind", "raw"), [(kind, raw) for kind, many in REFUSED for raw in many], ids=lambda x: type(x).__name__
)
def test_what_would_have_to_be_guessed_is_refused_without_showing_the_value(kind, raw):
    with pytest.raises(Misfit) as refused:
        scalar_reader(kind)(raw)
    assert len(refused.value.found) < 80
    assert refused.value.wanted


def test_a_word_outside_of_an_enum_is_shown_in_part_with_the_nearest_one():
    with pytest.raises(Misfit) as refused:
        scalar_reader(COLOUR)("gren")
    assert refused.value.found == 'the text "gren"'
    assert refused.value.wanted == 'one of "red", "green" (did you mean "green"?)'
    with pytest.raises(Misfit) as refused:
        scalar_reader(COLOUR)("a" * 30 + "secret")
    assert refused.value.found == f'the text "{"a" * 20}…"'


def test_a_hostile_time_zone_raises_what_the_reader_of_the_record_can_report():
    with pytest.raises(KeyError):
        scalar_reader(types.INSTANT)(datetime(2026, 1, 1, tzinfo=HostileZone()))
