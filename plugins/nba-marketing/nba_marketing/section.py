"""What marketing knows about a customer: the profile's `marketing` section."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class Letter(BaseModel):
    """Something that marketing sent, on any channel."""

    id: str | None = Field(default=None, description="The letter's number.")
    sent_at: AwareDatetime | None = Field(default=None, description="When it went out.")
    opened_at: AwareDatetime | None = Field(
        default=None, description="When the customer opened it; missing for an unread one."
    )


class Target(BaseModel):
    """A campaign that the customer was selected for."""

    id: str | None = Field(default=None, description="The campaign's id in the campaign calendar.")
    product: str | None = Field(default=None, description="What it offers, in words the customer knows.")
    value: float | None = Field(default=None, ge=0, description="What it is worth, in the house's currency.")
    propensity: float | None = Field(default=None, ge=0, le=1, description="How likely the customer is to take it.")


class MarketingSection(BaseModel):
    """The profile's `marketing` section. Every field may be missing; missing is not the same as none."""

    joined_on: date | None = Field(default=None, description="The first day as a customer.")
    left_on: date | None = Field(default=None, description="The last day as a customer; missing while they stay.")
    left_because: Literal["price", "product", "service", "moved"] | None = Field(
        default=None, description="What the customer said on leaving."
    )
    last_used_at: AwareDatetime | None = Field(
        default=None, description="When the customer last used what they have from us."
    )
    letters: list[Letter] | None = Field(
        default=None, description="What marketing sent in the last year, read or unread; `[]` for nothing."
    )
    targets: list[Target] | None = Field(default=None, description="The campaigns that the customer was selected for.")
    points: float | None = Field(default=None, ge=0, description="Loyalty points.")
    points_expire_on: date | None = Field(default=None, description="The day the points are lost.")
    thanked_on: date | None = Field(default=None, description="When we last thanked the customer for staying.")
