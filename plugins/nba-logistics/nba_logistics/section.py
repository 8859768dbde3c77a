"""What logistics knows about a customer: the profile's `logistics` section."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field


class Order(BaseModel):
    """Something the customer has ordered."""

    id: str | None = Field(default=None, description="The order's number.")
    product: str | None = Field(default=None, description="What it is, by the name it has in stock.")
    status: Literal["placed", "shipped", "delivered", "cancelled"] | None = Field(
        default=None, description="Open while `placed` or `shipped`."
    )
    promised_on: date | None = Field(default=None, description="The day we promised.")
    eta: date | None = Field(default=None, description="The day we now expect; missing when nobody knows.")
    told_eta: date | None = Field(default=None, description="The day the customer was last told.")


class Promise(BaseModel):
    """What an offer to this customer would promise."""

    id: str | None = Field(default=None, description="The id of the offer, such as a campaign's.")
    department: Literal["sales", "marketing"] | None = Field(default=None, description="Whose offer it is.")
    product: str | None = Field(default=None, description="What it offers, by the name it has in stock.")
    days: float | None = Field(default=None, ge=0, description="In how many days it says that it arrives.")


class Wish(BaseModel):
    """Something the customer asked to be told about."""

    id: str | None = Field(default=None, description="The entry in the waiting list.")
    product: str | None = Field(default=None, description="What it is, by the name it has in stock.")
    since: AwareDatetime | None = Field(default=None, description="When the customer asked.")


class LogisticsSection(BaseModel):
    """The profile's `logistics` section. Every field may be missing; missing is not the same as none."""

    orders: list[Order] | None = Field(default=None, description="Orders of the last year; `[]` for none.")
    promises: list[Promise] | None = Field(
        default=None, description="What offers to this customer would promise; `[]` for nothing."
    )
    waiting_list: list[Wish] | None = Field(default=None, description="What the customer waits for; `[]` for nothing.")
    lead_days: dict[str, float] | None = Field(
        default=None, description="By product: in how many days it reaches this customer."
    )
    tracking: Literal["live", "stale"] | None = Field(
        default=None, description="`stale`: the carrier has sent nothing lately, so dates are old."
    )
