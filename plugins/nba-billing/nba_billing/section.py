"""What billing knows about a customer: the profile's `billing` section."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

import nba


class Invoice(BaseModel):
    """Something the customer owes us, or has paid."""

    id: str | None = Field(default=None, description="The invoice's number.")
    status: Literal["open", "paid", "disputed", "cancelled"] | None = Field(
        default=None, description="`disputed`: the customer says that it is wrong, and we have not answered yet."
    )
    amount: float | None = Field(default=None, ge=0, description="What is still to pay, in the house's currency.")
    due_on: date | None = Field(default=None, description="The day it is to be paid by.")
    paid_on: date | None = Field(default=None, description="The day it was paid.")


class BillingSection(BaseModel):
    """The profile's `billing` section. Every field may be missing; missing is not the same as none."""

    invoices: list[Invoice] | None = Field(default=None, description="Invoices of the last two years; `[]` for none.")
    reminders: int | None = Field(default=None, ge=0, description="Reminders sent about what is open now.")
    last_reminder_at: AwareDatetime | None = Field(default=None, description="When the last of them went out.")
    credit: float | None = Field(default=None, ge=0, description="What we owe the customer.")
    hardship: Annotated[bool | None, nba.confidential] = Field(
        default=None,
        description="Whether the customer cannot pay; missing while nobody has asked.",
    )
    vulnerable: Annotated[bool | None, nba.confidential] = Field(
        default=None,
        description="Whether the customer needs particular care, for health or another reason.",
    )
    plan: Annotated[Literal["none", "running", "broken"] | None, nba.confidential] = Field(
        default=None, description="The payment plan that was agreed."
    )
    autopay: bool | None = Field(default=None, description="Whether invoices are paid by direct debit.")
