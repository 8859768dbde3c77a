"""What the company of the sample sells, and the campaigns it runs: the same for every customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Article:
    """Something that is delivered."""

    name: str
    price: float
    days: int
    """In how many days it reaches a customer, on a good day."""
    stock: int


@dataclass(frozen=True)
class Contract:
    """Something that runs, and is paid by the month."""

    name: str
    category: str
    monthly: float


ARTICLES = (
    Article("phone", 690.0, 3, 140),
    Article("tablet", 450.0, 9, 35),
    Article("router", 120.0, 2, 400),
    Article("headset", 160.0, 3, 0),  # sold out
    Article("tv_box", 90.0, 4, 60),
)
CONTRACTS = (
    Contract("Mobile 20", "mobile", 19.9),
    Contract("Mobile unlimited", "mobile", 34.9),
    Contract("Fibre 500", "broadband", 39.9),
    Contract("Television", "tv", 14.9),
    Contract("Home insurance", "insurance", 9.9),
)

WANTED = dict(zip(ARTICLES, (35, 20, 22, 6, 17), strict=True))
"""How often a customer might want an article; of what is sold out, sales has heard."""

CHANNELS = ("email", "phone", "sms", "post", "app")


@dataclass(frozen=True)
class Campaign:
    """A campaign, and in how many days it says that its article arrives."""

    id: str
    name: str
    article: Article
    promises: int
    active: bool = True


CAMPAIGNS = (
    Campaign("phone_days", "Phone days", ARTICLES[0], 3),
    Campaign("tablet_weeks", "Tablet weeks", ARTICLES[1], 3),  # nine days, and it promises three
    Campaign("fast_router", "A faster router", ARTICLES[2], 3),
    Campaign("loud_and_clear", "Loud and clear", ARTICLES[3], 5),  # sold out
    Campaign("spring_tv", "Television in spring", ARTICLES[4], 5, active=False),
)

AIMED = dict(zip(CAMPAIGNS, (42, 12, 30, 8, 8), strict=True))
"""How many customers a campaign was aimed at."""


def company(today: date) -> dict[str, Any]:
    """The state of the company: what the sample's customers meet. As fields of the context."""
    return {
        "channel": None,
        "direction": None,
        "stock": {**{of.name: float(of.stock) for of in ARTICLES}, "loan_laptop": 4.0},
        "capacity": {"service": 40.0, "sales": 25.0, "marketing": 500.0, "logistics": 6.0, "billing": 8.0},
        "campaigns": [
            {
                "id": of.id,
                "name": of.name,
                "starts": today - timedelta(days=10),
                "ends": today + timedelta(days=20),
                "action": "marketing.campaign",
                "active": of.active,
            }
            for of in CAMPAIGNS
        ],
    }
