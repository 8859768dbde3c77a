"""What customer service knows about a customer: the profile's `service` section."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

import nba

Severity = Annotated[Literal["low", "medium", "high", "critical"], nba.ordered]


class Case(BaseModel):
    """Something the customer asked us to put right."""

    id: str | None = Field(default=None, description="The case's number.")
    about: str | None = Field(default=None, description="The product or service that the case is about.")
    status: Literal["open", "waiting", "resolved"] | None = Field(
        default=None, description="`waiting`: we wait for the customer; the case is not open on our side."
    )
    severity: Severity | None = Field(default=None, description="How much it hurts the customer.")
    opened_at: AwareDatetime | None = Field(default=None, description="When the customer first told us.")
    promised_at: AwareDatetime | None = Field(default=None, description="When we said that it would be solved.")
    resolved_at: AwareDatetime | None = Field(default=None, description="When it was solved, as far as we know.")
    followed_up_at: AwareDatetime | None = Field(default=None, description="When we asked whether the repair holds.")
    reopenings: int | None = Field(default=None, ge=0, description="How often the customer had to come back with it.")


class ServiceSection(BaseModel):
    """The profile's `service` section. Every field may be missing; missing is not the same as none."""

    cases: list[Case] | None = Field(default=None, description="Every case, of any status; `[]` when there is none.")
    last_contact_at: AwareDatetime | None = Field(
        default=None, description="When service last spoke with the customer."
    )
    satisfaction: float | None = Field(
        default=None, ge=1, le=5, description="The latest answer to `how did we do?`, 1 to 5."
    )
