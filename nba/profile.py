"""The core of the unified profile and of the context: what every company has.

Packs and houses put sections beside it. All fields are optional, as not every company knows everything: a field that is
None is *missing*. The models are plain pydantic and may be base classes of an app's own:

>>> class Service(BaseModel):
...     open_cases: int | None = None
>>> class Customer(Profile):
...     service: Service | None = None
>>> Customer(id="C-1", service=Service(open_cases=2)).service.open_cases
2

A decision reads instances and mappings alike by the strict reader, so what an instance holds is checked again.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictStr

from nba.schema.from_pydantic import record_of
from nba.schema.markers import Checked
from nba.schema.zones import is_zone

Zone = Annotated[StrictStr, Checked(is_zone, "an IANA time zone such as Europe/Helsinki")]


class Consent(BaseModel):
    """What the customer agreed to for one purpose."""

    granted: StrictBool | None = Field(None, description="Whether the customer agreed to the purpose.")
    channels: dict[StrictStr, StrictBool] | None = Field(
        None, description="Where it differs by channel: whether the customer agreed to the purpose on it."
    )
    at: AwareDatetime | None = Field(None, description="When the customer said so.")


class Interaction(BaseModel):
    """One contact about an action: what was said to the customer and what came of it."""

    id: StrictStr | None = Field(None, description="The interaction's own identifier.")
    action: StrictStr | None = Field(None, description="The action it was about, such as `service.call_back`.")
    key: StrictStr | None = Field(None, description="The item it was about, for an action with `for_each`.")
    department: StrictStr | None = Field(None, description="The department that made contact.")
    channel: StrictStr | None = Field(None, description="The channel, such as `email`.")
    at: AwareDatetime | None = Field(None, description="When it happened.")
    outcome: (
        Literal["offered", "delivered", "opened", "clicked", "accepted", "rejected", "ignored", "failed"] | None
    ) = Field(None, description="What came of it.")


class Event(BaseModel):
    """Something that the customer did, or that happened to them."""

    name: StrictStr | None = Field(None, description="What happened, such as `cart_abandoned`.")
    at: AwareDatetime | None = Field(None, description="When it happened.")
    channel: StrictStr | None = Field(None, description="Where it happened.")
    value: StrictFloat | None = Field(None, description="How much, in the unit of the event.")


class Profile(BaseModel):
    """The core fields of a customer's profile."""

    # Sections that no subclass declares are kept, so that `Profile(id="C-1", service={...})` loses nothing.
    model_config = ConfigDict(extra="allow")

    id: StrictStr | None = Field(None, description="The customer's identifier; never used to decide.")
    name: StrictStr | None = Field(None, description="What to call the customer, for texts.")
    timezone: Zone | None = Field(None, description="IANA time zone for days, such as Europe/Helsinki.")
    locale: StrictStr | None = Field(None, description="Language and region, such as fi-FI.")
    birth_date: date | None = Field(None, description="Date of birth.")
    lifecycle_stage: StrictStr | None = Field(None, description="Where the customer is in the company's life cycle.")
    value: StrictFloat | None = Field(None, description="Customer lifetime value, in the house's currency.")
    consents: dict[StrictStr, Consent] | None = Field(None, description="By purpose: what the customer agreed to.")
    preferred_channels: list[StrictStr] | None = Field(None, description="Channels the customer prefers, best first.")
    interactions: list[Interaction] | None = Field(None, description="Contacts so far, in any order.")
    events: list[Event] | None = Field(None, description="What happened lately, in any order.")
    propensities: dict[StrictStr, StrictFloat] | None = Field(
        None, description="By action: how likely the customer is to accept it, from 0 to 1."
    )


class Campaign(BaseModel):
    """One entry of the campaign calendar."""

    id: StrictStr | None = Field(None, description="The campaign's identifier.")
    name: StrictStr | None = Field(None, description="Its name.")
    starts: date | None = Field(None, description="Its first day.")
    ends: date | None = Field(None, description="Its last day.")
    action: StrictStr | None = Field(None, description="The action it is for.")
    active: StrictBool | None = Field(None, description="Whether it runs.")


class Context(BaseModel):
    """The state of the enterprise at the moment of a decision: what is the same for every customer."""

    model_config = ConfigDict(extra="allow")

    channel: StrictStr | None = Field(None, description="The channel of the conversation that is going on.")
    direction: Literal["inbound", "outbound"] | None = Field(
        None, description="`inbound` when the customer came to us: only `channel` is left then."
    )
    stock: dict[StrictStr, StrictFloat] | None = Field(None, description="By article: how many there are.")
    capacity: dict[StrictStr, StrictFloat] | None = Field(
        None, description="By department, team or channel: how much more it can do."
    )
    campaigns: list[Campaign] | None = Field(None, description="The campaign calendar.")


PROFILE = record_of(Profile)
"""The core profile, as the language's type."""

CONTEXT = record_of(Context)
"""The core context, as the language's type."""
