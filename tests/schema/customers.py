"""A customer of every kind of field, for tests of reading."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from nba.schema.markers import ordered


class Case(BaseModel):
    id: str | None = None
    status: Literal["open", "closed"] | None = None
    severity: Annotated[Literal["low", "high"], ordered] | None = None
    opened_at: datetime | None = None
    notes: list[str] | None = None
    cost: Annotated[float, Field(ge=0, le=100)] | None = None


class Service(BaseModel):
    cases: list[Case] | None = None
    satisfied: bool | None = None
    matrix: list[list[float]] | None = None
    anything: object = None


class Customer(BaseModel):
    id: str | None = None
    born: date | None = None
    age: int | None = None
    value: float | None = Field(None, alias="ltv")
    tags: set[str] | None = None
    scores: dict[str, float] | None = None
    by_year: dict[str, Case] | None = None
    service: Service | None = None
