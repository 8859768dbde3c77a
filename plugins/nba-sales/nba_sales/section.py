"""What sales knows about a customer: the profile's `sales` section."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class Holding(BaseModel):
    """Something the customer has from us: a subscription, a contract, a product."""

    id: str | None = Field(default=None, description="The contract's number.")
    product: str | None = Field(default=None, description="What it is, in words the customer knows.")
    category: str | None = Field(default=None, description="The product family, such as `mobile` or `broadband`.")
    since: date | None = Field(default=None, description="The first day.")
    ends_on: date | None = Field(default=None, description="The last day; missing for what runs until cancelled.")
    value: float | None = Field(default=None, ge=0, description="What a renewal is worth, in the house's currency.")


class Opportunity(BaseModel):
    """Something the customer might want from us."""

    id: str | None = Field(default=None, description="The opportunity's number.")
    product: str | None = Field(default=None, description="What it is, in words the customer knows.")
    kind: Literal["upsell", "cross_sell"] | None = Field(
        default=None, description="`upsell`: more of what they have; `cross_sell`: something new beside it."
    )
    value: float | None = Field(default=None, ge=0, description="What it is worth, in the house's currency.")
    propensity: float | None = Field(default=None, ge=0, le=1, description="How likely the customer is to take it.")


class SalesSection(BaseModel):
    """The profile's `sales` section. Every field may be missing; missing is not the same as none."""

    holdings: list[Holding] | None = Field(default=None, description="What the customer has from us.")
    opportunities: list[Opportunity] | None = Field(default=None, description="What the customer might want from us.")
    last_offer_at: AwareDatetime | None = Field(default=None, description="When sales last made an offer.")
    adviser: str | None = Field(default=None, description="The colleague who knows the customer.")
