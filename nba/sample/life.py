"""One customer's last year with the company, from which each department has seen a part.

What happens to a customer hangs together: an order that comes late makes a case; cases that are not put right make a
customer silent, and some of them leave; who cannot pay is reminded first and asked later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nba.sample.catalogue import ARTICLES, CONTRACTS, Contract
from nba.sample.dice import Dice

Told = dict[str, Any]
"""Fields of a record by name. None: nobody knows; a name that is not there: the story does not tell of it."""

_SEVERITIES = ("low", "medium", "high", "critical")


@dataclass
class Life:
    """What is true of a customer, whoever knows of it."""

    number: int
    as_of: datetime
    """In UTC."""
    dice: Dice
    colleague: bool = False
    tenure: int = 0
    """Days since the first one as a customer."""
    left: int | None = None
    """Days since the last one, for who has left us."""
    left_because: str | None = None
    far: bool = False
    """Lives where the carrier is slow."""
    payer: str = "good"
    """`good`, `forgetful`, or `struggling`, who cannot pay."""
    autopay: bool = False
    contracts: list[Contract] = field(default_factory=list)
    orders: list[Told] = field(default_factory=list)
    cases: list[Told] = field(default_factory=list)
    trouble: float = 0.0
    """How much went wrong lately: 0 for nothing, 1 for an ordinary case, 4 for a bad year."""
    silent: bool = False
    """No longer uses what they have."""
    deaf: bool = False
    """No longer reads what we send."""

    def __post_init__(self) -> None:
        self.today = self.as_of.date()
        self.morning = datetime.combine(self.today, datetime.min.time(), UTC)
        self.now = self.as_of.replace(second=0, microsecond=0)

    def day(self, ago: float) -> date:
        """The day so many days ago; negative for one to come."""
        return self.today - timedelta(days=int(ago))

    def moment(self, ago: float) -> datetime:
        """An instant about so many days ago, in the daytime; never one to come."""
        return min(self.morning + timedelta(days=-int(ago), minutes=self.dice.whole(480, 1140)), self.now)

    def id(self, letter: str, number: int) -> str:
        """The number of something of this customer, as systems number things."""
        return f"{letter}-{self.number}-{number}"


def live(dice: Dice, number: int, as_of: datetime) -> Life:
    """A customer's life until now."""
    life = Life(number, as_of, dice, colleague=dice.chance(0.03))
    if life.colleague:
        return life
    life.tenure = dice.whole(0, 29) if dice.chance(0.06) else dice.mostly_low(30, 5000)
    life.far = dice.chance(0.08)
    life.payer = dice.weighted({"good": 84, "forgetful": 11, "struggling": 5})
    life.autopay = dice.chance(0.6 if life.payer == "good" else 0.1)
    life.contracts = dice.some(CONTRACTS, 1 + dice.mostly_low(0, 3 if life.tenure > 300 else 1))
    _order(life)
    _trouble(life)
    _turn_away(life)
    return life


def _order(life: Life) -> None:
    dice = life.dice
    year = min(life.tenure, 365)
    for number in range(dice.weighted({0: 40, 1: 32, 2: 18, 3: 10})):
        placed = dice.whole(0, min(12, year)) if dice.chance(0.3) else dice.whole(0, year)
        article = dice.pick(ARTICLES)
        promised = placed - article.days - dice.whole(0, 2)  # days ago; negative: to come
        delay = 1 + dice.mostly_low(0, 27) if dice.chance(0.45 if life.far else 0.09) else -dice.whole(0, 1)
        expected = promised - delay
        here = expected >= 0
        lost = not here and promised > 0 and dice.chance(0.1)
        told = delay > 0 and (here or dice.chance(0.4))
        life.orders.append(
            {
                "id": life.id("O", number + 1),
                "product": article.name,
                "status": "cancelled"
                if dice.chance(0.02)
                else "delivered"
                if here
                else dice.pick(("placed", "shipped")),
                "promised_on": life.day(promised),
                "eta": None if lost else life.day(expected),
                "told_eta": life.day(expected) if told and not lost else None,
                "_delay": max(delay, 0),
                "_since": promised,
            }
        )


def _trouble(life: Life) -> None:
    dice = life.dice
    for order in life.orders:
        late = order["_delay"]
        # Who waits long complains; some do so before the new day has come.
        if late and order["_since"] > 0 and dice.chance(min(0.25 + 0.05 * late, 0.8)):
            worse = min(late // 7, 2)
            _open_case(life, order["product"], max(order["_since"] - dice.whole(0, 3), 0), worse)
    for chance in (0.13, 0.03):
        if life.contracts and dice.chance(chance):
            _open_case(
                life, dice.pick(life.contracts).name, dice.whole(0, min(life.tenure, 300)), dice.mostly_low(0, 3)
            )
    lately = [of for of in life.cases if of["_ago"] <= 180]
    weights = {"low": 0.5, "medium": 0.8, "high": 1.3, "critical": 2.0}
    life.trouble = sum(weights[of["severity"]] + 0.7 * of["reopenings"] + (of["status"] == "open") for of in lately)


def _open_case(life: Life, about: str, ago: int, worse: int) -> None:
    dice = life.dice
    severity = _SEVERITIES[min(worse + dice.whole(0, 1), 3)]
    reopenings = dice.weighted({0: 78 - 12 * worse, 1: 16, 2: 6})
    still = 0.65 if ago < 8 else 0.3 if ago < 30 else 0.03
    solved = None if dice.chance(still) else max(ago - dice.whole(1, 9) - 5 * reopenings, 0)
    open_now = "waiting" if dice.chance(0.15) else "open"
    life.cases.append(
        {
            "id": life.id("K", len(life.cases) + 1),
            "about": about,
            "status": open_now if solved is None else "resolved",
            "severity": severity,
            "opened_at": life.moment(ago),
            "promised_at": life.moment(ago) + timedelta(days=dice.whole(1, 7)) if dice.chance(0.8) else None,
            "resolved_at": None if solved is None else life.moment(solved),
            "followed_up_at": life.moment(max(solved - 3, 0)) if solved is not None and dice.chance(0.55) else None,
            "reopenings": reopenings,
            "_ago": ago,
        }
    )


def _turn_away(life: Life) -> None:
    dice, trouble = life.dice, min(life.trouble, 4.0)
    if life.tenure > 90:
        life.silent = dice.chance(0.05 + 0.13 * trouble)
        life.deaf = dice.chance(0.55 if life.silent else 0.07 + 0.03 * trouble)
        if dice.chance(0.015 + 0.03 * trouble):
            life.left = dice.whole(1, min(life.tenure - 60, 400))
            why = {"price": 4.0, "product": 2.0, "moved": 3.0, "service": 1.0 + 6 * trouble}
            life.left_because = dice.weighted(why)
