"""What the workplace knows about a colleague: the profile's `workplace` section."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

import nba

Severity = Annotated[Literal["low", "medium", "high", "critical"], nba.ordered]


class Item(BaseModel):
    """Something a colleague needs to do the job."""

    id: str | None = Field(default=None, description="The item's number.")
    kind: Literal["laptop", "phone", "badge", "account", "licence"] | None = Field(
        default=None, description="What it is."
    )
    status: Literal["wanted", "ordered", "ready", "broken"] | None = Field(
        default=None, description="`ready`: the colleague has it, and it works."
    )
    due_on: date | None = Field(default=None, description="The day it should be there.")


class Ticket(BaseModel):
    """Something the colleague asked IT to put right."""

    id: str | None = Field(default=None, description="The ticket's number.")
    about: str | None = Field(default=None, description="What it is about.")
    status: Literal["open", "waiting", "solved"] | None = Field(
        default=None, description="`waiting`: for the colleague."
    )
    severity: Severity | None = Field(default=None, description="How much it hurts the work.")
    opened_at: AwareDatetime | None = Field(default=None, description="When the colleague first told us.")


class Request(BaseModel):
    """Something the colleague waits for from another department."""

    id: str | None = Field(default=None, description="The request's number.")
    what: str | None = Field(default=None, description="What is asked for, such as `campaign material`.")
    department: str | None = Field(default=None, description="Whom it was asked of.")
    status: Literal["open", "done"] | None = Field(default=None, description="Whether it is still waited for.")
    asked_at: AwareDatetime | None = Field(default=None, description="When it was asked for.")
    needed_on: date | None = Field(default=None, description="The day it is needed.")
    customers: list[str] | None = Field(
        default=None, description="The ids of the customers that it holds up; `[]` for none."
    )


class Course(BaseModel):
    """A course that the colleague could take, or has to."""

    id: str | None = Field(default=None, description="The course's number.")
    title: str | None = Field(default=None, description="Its name.")
    mandatory: bool | None = Field(default=None, description="Whether the colleague has to.")
    due_on: date | None = Field(default=None, description="The last day for it.")
    done: bool | None = Field(default=None, description="Whether it is done.")


class WorkplaceSection(BaseModel):
    """The profile's `workplace` section: somebody who works here. Missing is not the same as none."""

    starts_on: date | None = Field(default=None, description="The first day; missing for who does not work here.")
    manager: str | None = Field(default=None, description="Who leads the colleague.")
    equipment: list[Item] | None = Field(default=None, description="What the job needs, there or not.")
    tickets: list[Ticket] | None = Field(default=None, description="What IT was asked to put right; `[]` for nothing.")
    requests: list[Request] | None = Field(
        default=None, description="What was asked of other departments; `[]` for nothing."
    )
    courses: list[Course] | None = Field(default=None, description="Courses open to the colleague; `[]` for none.")
    away_until: Annotated[date | None, nba.confidential] = Field(
        default=None, description="The last day of an absence; missing for who is here, or not known."
    )
    absence: Annotated[Literal["holiday", "health", "family"] | None, nba.confidential] = Field(
        default=None, description="Why the colleague is or was away."
    )
    asked_on: date | None = Field(default=None, description="When we last asked how things are.")
