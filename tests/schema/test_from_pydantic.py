import dataclasses
import enum
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, NotRequired, Optional, Union
from uuid import UUID

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    HttpUrl,
    NaiveDatetime,
    PastDate,
    PositiveInt,
    RootModel,
    SecretStr,
    StringConstraints,
    computed_field,
    create_model,
    field_validator,
    model_validator,
)
from typing_extensions import TypeAliasType, TypedDict

from nba.errors import RulesError
from nba.language import types
from nba.schema.from_pydantic import _Builder, record_of
from nba.schema.markers import Checked, ordered
from nba.schema.reading import read


class Grade(enum.StrEnum):
    low = "low"
    high = "high"


class Number(enum.IntEnum):
    one = 1


class Mixed(enum.Enum):
    a = "a"
    b = 2


class Inner(BaseModel):
    x: int | None = None


@dataclasses.dataclass
class Point:
    x: float
    name: str = ""


class Bag(TypedDict):
    weight: NotRequired[float]
    inside: "NotRequired[Bag]"


Name = NewType("Name", str)
GRADE = types.Enum(("low", "high"))

TYPES = [
    (bool, types.BOOLEAN),
    (int, types.NUMBER),
    (float, types.NUMBER),
    (Decimal, types.NUMBER),
    (PositiveInt, types.NUMBER),
    (Number, types.NUMBER),
    (Literal[1, 2], types.NUMBER),
    (str, types.STRING),
    (Name, types.STRING),
    (UUID, types.STRING),
    (HttpUrl, types.STRING),
    (Annotated[str, StringConstraints(max_length=3)], types.STRING),
    (Literal["low", "high"], GRADE),
    (Literal["low", "high", None], GRADE),
    (Grade, GRADE),
    (Annotated[Grade, ordered], types.Enum(("low", "high"), ordered=True)),
    (Annotated[Literal["low", "high"] | None, ordered], types.Enum(("low", "high"), ordered=True)),
    (Optional[Annotated[Grade, ordered]], types.Enum(("low", "high"), ordered=True)),  # noqa: UP045  # the old spelling
    (date, types.DATE),
    (datetime, types.INSTANT),
    (AwareDatetime, types.INSTANT),
    (list[str], types.ListOf(types.STRING)),
    (tuple[int, ...], types.ListOf(types.NUMBER)),
    (set[Grade], types.ListOf(GRADE)),
    (frozenset[str], types.ListOf(types.STRING)),
    (Sequence[Annotated[int, Field(ge=0)]], types.ListOf(types.NUMBER)),
    (dict[str, list[date]], types.MapOf(types.ListOf(types.DATE))),
    (Mapping[str, float], types.MapOf(types.NUMBER)),
]


TYPES += [(TypeAliasType("Grades", list[Grade]), types.ListOf(GRADE)), (Literal[True], types.BOOLEAN)]


@pytest.mark.parametrize(("hint", "kind"), TYPES, ids=lambda x: str(x)[:40])
def test_annotations_have_the_types_of_the_language(hint, kind):
    for told in (hint, Optional[hint], Union[None, hint]):  # noqa: UP007, UP045  # old spellings are to be read too
        assert record_of(create_model("M", f=(told, None))).fields["f"].type == kind


OPAQUE = [Any, bytes, int | str, Mixed, tuple[int, str], dict[int, str], list, dict, SecretStr, RootModel[list[int]]]
OPAQUE += [timedelta, deque[int], Literal["a", 1], Inner | Point, NaiveDatetime]


@pytest.mark.parametrize("hint", OPAQUE, ids=lambda x: str(x)[:40])
def test_what_rules_cannot_read_is_opaque_with_a_reason(hint):
    kind = record_of(create_model("M", f=(hint | None, None))).fields["f"].type
    assert isinstance(kind, types.Opaque)
    assert kind.why


def test_models_dataclasses_and_typed_dicts_are_records_and_the_same_one_is_the_same_record():
    hints = {"a": Inner, "b": list[Inner], "p": Point, "q": Point, "t": Bag}
    record = record_of(create_model("M", **{name: (hint, ...) for name, hint in hints.items()}))
    fields = {name: field.type for name, field in record.fields.items()}
    assert fields["a"] is fields["b"].item
    assert fields["p"] is fields["q"]
    assert list(fields["p"].fields) == ["x", "name"]
    assert list(fields["t"].fields) == ["weight", "inside"]
    assert fields["t"].fields["inside"].type == types.Opaque("it is a recursive type")


def test_a_dataclass_whose_types_only_pydantic_can_find_is_opaque():
    class Local(BaseModel):
        x: int | None = None

    @dataclasses.dataclass
    class Holder:
        local: "Local"

    class Outer(BaseModel):
        holder: Holder | None = None

    assert isinstance(record_of(Outer).fields["holder"].type, types.Opaque)
    assert read(record_of(Outer), {"holder": {"local": {"x": 1}}}).faults == ()
    assert [fault.path for fault in read(record_of(Outer), {"holder": {"local": {"x": "y"}}}).faults] == ["holder"]


class Tree(BaseModel):
    name: str | None = None
    children: list["Tree"] | None = None


def test_a_recursive_model_is_opaque_within_itself():
    assert record_of(Tree).fields["children"].type == types.ListOf(types.Opaque("it is a recursive model"))


def test_names_descriptions_and_aliases_are_kept_and_properties_are_not_fields():
    class ServiceCase(BaseModel):
        a: int | None = Field(None, alias="A", description="an a")
        b: int | None = Field(None, validation_alias=AliasChoices("B", "bee", "b"))

        @computed_field
        @property
        def c(self) -> int:
            return 1

        @property
        def d(self) -> int:
            return 1

    record = record_of(ServiceCase)
    assert str(record) == "service case"
    assert dict(record.fields) == {
        "a": types.Field(types.NUMBER, ("A",), "an a"),
        "b": types.Field(types.NUMBER, ("B", "bee")),
    }


class Undefined(BaseModel):
    a: "NowhereDefined | None" = None  # noqa: F821  # that is the point


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (create_model("M", a=(int, Field(alias="b")), b=(int, 0)), "both go by `b`"),
        (create_model("M", a=(int, Field(validation_alias=AliasPath("x", 0)))), "an alias is a path"),
        (create_model("M", a=(Annotated[int, ordered], 0)), "`ordered` marks number"),
        (create_model("M", a=(PastDate | None, None)), "depends on the time of day"),
        (RootModel[list[int]], "not a record"),
        (Undefined, "not defined yet"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(model, words):
    with pytest.raises(RulesError, match=words) as raised:
        record_of(model)
    assert raised.value.problems[0].help


def lines(model, data):
    reading = read(record_of(model), data)
    return reading.value, [str(fault) for fault in reading.faults]


def test_constraints_are_enforced_on_what_was_read_and_name_the_path():
    class Item(BaseModel):
        price: float | None = Field(None, ge=0, alias="Price")

    class Basket(BaseModel):
        code: str = Field(pattern="^[A-Z]+$")
        items: list[Item] = []
        ages: dict[str, Annotated[int, Field(le=150)]] = {}
        link: HttpUrl | None = None
        mail: UUID | None = None

    data = {
        "code": "abc", "items": [{"Price": -1.0}, None, {"Price": 2.0}], "ages": {"a": 151, "b": 1},
        "link": "no url", "mail": "x",
    }  # fmt: skip
    value, found = lines(Basket, data)
    assert value == {"items": ({}, None, {"price": 2.0}), "ages": {"b": 1}}
    assert found[:3] == [
        "code: found text that is not allowed, wanted String should match pattern '^[A-Z]+$'",
        "items[0].price: found a number that is not allowed, wanted greater than or equal to 0",
        "ages.a: found a number that is not allowed, wanted less than or equal to 150",
    ]
    assert found[3].startswith("link: found text that is not allowed, wanted a valid URL")
    assert found[4].startswith("mail: found text that is not allowed, wanted a valid UUID")


def test_what_is_missing_is_not_judged_and_defaults_are_not_used():
    class Needy(BaseModel):
        a: int = Field(ge=0)
        b: int = Field(3, ge=0)

    assert lines(Needy, {}) == ({}, [])


def test_validators_are_run_whatever_they_raise():
    class Judged(BaseModel):
        a: int | None = None
        b: int | None = None
        c: Annotated[str | None, AfterValidator(lambda text: {}[text] if text else text)] = None

        @field_validator("a")
        @classmethod
        def even(cls, value):
            if value % 2:
                raise ValueError("an even number")
            return value

        @model_validator(mode="after")
        def ascending(self):
            if self.a is not None and self.b is not None and self.a > self.b:
                raise ValueError("a is at most b")
            return self

    class Outer(BaseModel):
        judged: Judged | None = None
        all: list[Judged] | None = None
        keep: int | None = None

    told = "a: found a number that is not allowed, wanted an even number"
    assert lines(Judged, {"a": 3, "b": 4}) == ({"b": 4}, [told])
    assert lines(Outer, {"judged": {"a": 4, "b": 2}, "all": [{"a": 4, "b": 2}, {"a": 2}], "keep": 1}) == (
        {"all": (None, {"a": 2}), "keep": 1},
        [
            "judged: found a record that is not allowed, wanted a is at most b",
            "all[0]: found a record that is not allowed, wanted a is at most b",
        ],
    )
    value, (fault,) = lines(Outer, {"judged": {"c": "x"}, "keep": 1})
    assert value == {}
    assert "raised KeyError" in fault


class Other(BaseModel):
    y: int


def test_a_validator_that_validates_something_else_is_blamed_on_its_own_field():
    class Outer(BaseModel):
        a: int | None = None
        b: str | None = None
        inner: Inner | None = None

        @field_validator("a", "inner")
        @classmethod
        def other(cls, value):
            Other.model_validate({"y": "no number"})

    value, found = lines(Outer, {"a": 1, "b": "kept", "inner": {"x": 1}})
    assert value == {"b": "kept"}
    assert [fault.split(":")[0] for fault in found] == ["a", "inner"]


def test_a_validator_that_takes_its_input_apart_does_not_change_what_was_read():
    class Popper(BaseModel):
        a: int | None = None

        @model_validator(mode="before")
        @classmethod
        def pop(cls, data):
            data.pop("a", None)
            return data

    class Outer(BaseModel):
        inner: Popper | None = None

    assert lines(Outer, {"inner": {"a": 1}}) == ({"inner": {"a": 1}}, [])


def test_a_strict_model_and_one_with_aliases_only_is_checked_by_the_same_rules():
    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        days: list[date] | None = Field(None, max_length=1, alias="Days")
        grade: Grade | None = None

    value, found = lines(Strict, {"days": ["2026-01-01"], "grade": "low"})
    assert (value, found) == ({"days": (date(2026, 1, 1),), "grade": "low"}, [])
    value, (fault,) = lines(Strict, {"Days": ["2026-01-01", "2026-01-02"]})
    assert value == {}
    assert fault.startswith("days: found a list that is not allowed")


def test_a_model_without_constraints_costs_no_check_and_one_check_can_be_had_for_less():
    assert record_of(Inner).checks == ()
    even = Checked(lambda value: value % 2 == 0, "an even number")
    for hint in (Annotated[int, even], Annotated[int, even] | None, Annotated[int | None, even]):
        model = create_model("M", f=(hint, None))
        assert lines(model, {"f": 4}) == ({"f": 4}, [])
        assert lines(model, {"f": 3}) == ({}, ["f: found a number that is not allowed, wanted an even number"])


def test_an_instance_of_a_lax_model_is_checked_again():
    class Lax(BaseModel):
        a: int | None = Field(None, ge=0)

    assert lines(Lax, Lax.model_construct(a="3"))[1] == ["a: found text, wanted a whole number"]
    assert lines(Lax, Lax.model_construct(a=-3))[1] == [
        "a: found a number that is not allowed, wanted greater than or equal to 0"
    ]


def test_addresses_are_texts():
    # A model with an EmailStr can be made only where pydantic's own extra is installed.
    assert _Builder("m").of(EmailStr) == types.STRING
