import pytest

from nba.errors import RulesError
from nba.language import types
from nba.profile import CONTEXT, PROFILE
from nba.schema.compose import Section, compose, sections_of
from nba.schema.reading import read

CORE = types.Record("profile", {"id": types.Field(types.STRING), "age": types.Field(types.NUMBER, ("years",))})
SERVICE = types.Record("service", {"open": types.Field(types.BOOLEAN)})


def test_sections_stand_beside_the_core_fields_and_the_core_is_checked_as_before():
    vip = Section("vip", types.BOOLEAN, "the house")
    record = compose(PROFILE, [Section("service", SERVICE, "the pack service"), vip])
    reading = read(record, {"id": "C-1", "timezone": "Mars/X", "service": {"open": True}, "vip": True})
    assert reading.value == {"id": "C-1", "service": {"open": True}, "vip": True}
    assert [fault.path for fault in reading.faults] == ["timezone"]
    assert set(CONTEXT.fields) < set(compose(CONTEXT, [vip]).fields)


def test_the_fields_of_a_record_are_sections():
    house = types.Record("house", {"service": types.Field(SERVICE, (), "about")})
    record = compose(CORE, sections_of(house, "the house"))
    assert record.fields["service"] == types.Field(SERVICE, (), "about")


def test_clashes_and_names_that_rules_cannot_write_are_all_reported():
    names = ["id", "years", "service", "service", "context", "and", "a-b", "", "ä"]
    with pytest.raises(RulesError) as raised:
        compose(CORE, [Section(name, SERVICE, f"pack {number}") for number, name in enumerate(names)])
    assert [problem.message for problem in raised.value.problems] == [
        "pack 0 brings `id`, which the core profile has already",
        "pack 1 brings `years`, which the core profile (as another name of `age`) has already",
        "pack 3 brings `service`, which pack 2 has already",
        "pack 4 brings a section that rules cannot name: `context`",
        "pack 5 brings a section that rules cannot name: `and`",
        "pack 6 brings a section that rules cannot name: `a-b`",
        "pack 7 brings a section that rules cannot name: ``",
        "pack 8 brings a section that rules cannot name: `ä`",
    ]
    assert all(problem.help for problem in raised.value.problems)
