from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel, ValidationError

from nba.language import types
from nba.profile import CONTEXT, PROFILE, Campaign, Consent, Context, Event, Interaction, Profile
from nba.schema.from_pydantic import record_of
from nba.schema.reading import read

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Service(BaseModel):
    open_cases: int | None = None


class Customer(Profile):
    service: Service | None = None


FULL = Profile(
    id="C-1",
    name="Anna",
    timezone="Europe/Helsinki",
    locale="fi-FI",
    birth_date=date(1990, 1, 1),
    lifecycle_stage="active",
    value=1000,
    consents={"marketing": Consent(granted=True, channels={"sms": False}, at=AT)},
    preferred_channels=["email"],
    interactions=[Interaction(id="I", action="sales.gold", channel="email", at=AT, outcome="accepted")],
    events=[Event(name="cart_abandoned", at=AT, value=3)],
    propensities={"sales.gold": 0.5},
)


def test_every_core_field_is_optional_described_and_readable_by_rules():
    for model, record in ((Profile, PROFILE), (Context, CONTEXT)):
        assert read(record, model()).value == {}
        for field in _fields(record):
            assert field.description.endswith(".")
            assert not isinstance(field.type, types.Opaque)


def _fields(record):
    for field in record.fields.values():
        yield field
        inner = field.type
        while isinstance(inner, types.ListOf | types.MapOf):
            inner = inner.item if isinstance(inner, types.ListOf) else inner.value
        if isinstance(inner, types.Record):
            yield from _fields(inner)


def test_a_full_profile_is_read_the_same_as_an_instance_as_a_dump_and_as_json():
    reading = read(PROFILE, FULL)
    assert not reading.faults
    assert set(reading.value) == set(Profile.model_fields)
    assert reading == read(PROFILE, FULL.model_dump())
    assert reading == read(PROFILE, FULL.model_dump(mode="json"))


def test_a_context_is_read():
    context = Context(
        channel="web",
        direction="inbound",
        stock={"SKU-1": 3},
        capacity={"service": 0},
        campaigns=[Campaign(id="X", starts=date(2026, 1, 1), active=True)],
    )
    assert read(CONTEXT, context) == read(CONTEXT, context.model_dump(mode="json"))
    assert read(CONTEXT, context).value["campaigns"] == ({"id": "X", "starts": date(2026, 1, 1), "active": True},)
    (fault,) = read(CONTEXT, {"direction": "sideways"}).faults
    assert fault.wanted == 'one of "inbound", "outbound"'


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../../etc/passwd", "europe/helsinki"])
def test_an_unknown_time_zone_is_a_fault(zone):
    reading = read(PROFILE, {"id": "C-1", "timezone": zone})
    assert reading.value == {"id": "C-1"}
    (fault,) = reading.faults
    assert (fault.path, fault.wanted) == ("timezone", "an IANA time zone such as Europe/Helsinki")


def test_an_apps_own_subclass_is_read_with_its_sections_and_its_core_is_checked_too():
    record = record_of(Customer)
    customer = Customer(id="C-1", service=Service(open_cases=2))
    assert read(record, customer).value == {"id": "C-1", "service": {"open_cases": 2}}
    assert [fault.path for fault in read(record, Customer(timezone="Mars/X")).faults] == ["timezone"]


def test_a_section_given_to_the_plain_profile_is_not_lost():
    assert read(record_of(Customer), Profile(id="C-1", service={"open_cases": 2})).value["service"] == {"open_cases": 2}


@pytest.mark.parametrize("data", [{"id": 3}, {"value": "3"}, {"value": True}, {"consents": {"m": {"granted": "yes"}}}])
def test_the_models_do_not_guess_either(data):
    with pytest.raises(ValidationError):
        Profile(**data)


def test_the_core_costs_no_validation_by_pydantic():
    assert len(PROFILE.checks) == 1  # the time zone
    assert CONTEXT.checks == ()
