"""What each department knows of a customer's life: the sections of the profile, by the names of their fields."""

from __future__ import annotations

from collections.abc import Callable

from nba.sample.catalogue import AIMED, ARTICLES, CAMPAIGNS, WANTED, Article
from nba.sample.life import Life, Told


def _plain(records: list[Told]) -> list[Told]:
    """Records without what only the story knows."""
    return [{name: value for name, value in of.items() if not name.startswith("_")} for of in records]


def service(life: Life) -> Told:
    """Cases, and what the customer thinks of how they went."""
    dice = life.dice
    lately = any(of["_ago"] <= 180 for of in life.cases)
    mark = round(4.6 - 0.7 * life.trouble + dice.between(-0.9, 0.6))
    calls = [of["_ago"] for of in life.cases if dice.chance(0.7)]
    return {
        "cases": _plain(life.cases),
        "last_contact_at": life.moment(max(min(calls) - dice.whole(0, 2), 0)) if calls else None,
        "satisfaction": float(min(max(mark, 1), 5)) if dice.chance(0.6 if lately else 0.25) else None,
    }


def logistics(life: Life) -> Told:
    """Orders, and what offers to this customer would promise."""
    dice = life.dice
    extra = 4 if life.far else 0
    return {
        "orders": _plain(life.orders),
        "promises": [],  # filled when the offers are known
        "waiting_list": [
            {"id": life.id("W", 1), "product": dice.pick(ARTICLES).name, "since": life.moment(dice.whole(1, 60))}
            for _ in range(dice.chance(0.04))
        ],
        "lead_days": {of.name: float(of.days + extra) for of in ARTICLES},
        "tracking": dice.weighted({"live": 93, "stale": 4, None: 3}) if life.orders else None,
    }


def sales(life: Life) -> Told:
    """What the customer has from us, and might want."""
    dice = life.dice
    holdings = []
    for number, contract in enumerate(life.contracts, 1):
        since = min(dice.mostly_low(0, 1500), life.tenure)
        ends = life.day(-dice.whole(1, 540)) if dice.chance(0.55) else None
        worth = round(contract.monthly * 24, 2)
        holdings.append(
            {
                "id": life.id("C", number),
                "product": contract.name,
                "category": contract.category,
                "since": life.day(since),
                "ends_on": ends if life.left is None else life.day(life.left),
                "value": worth,
            }
        )
    willing = 1 / (1 + life.trouble)
    opportunities = []
    for number in range(0 if life.colleague else dice.weighted({0: 58, 1: 32, 2: 10})):
        article = dice.weighted(WANTED)
        opportunities.append(
            {
                "id": life.id("S", number + 1),
                "product": article.name,
                "kind": "cross_sell" if dice.chance(0.55) else "upsell",
                "value": article.price,
                "propensity": round(dice.between(0.01, 0.3, 3) * willing, 3) if dice.chance(0.9) else None,
            }
        )
    return {
        "holdings": holdings if life.left is None else [],
        "opportunities": opportunities,
        "last_offer_at": life.moment(dice.mostly_low(1, 300)) if life.tenure > 60 and dice.chance(0.5) else None,
        "adviser": dice.pick(("Aino", "Bengt", "Carla", "Dmitri", "Elif")),
    }


def marketing(life: Life) -> Told:
    """How the customer listens, and the campaigns it was selected for."""
    dice = life.dice
    gone = life.left or 0
    unused = dice.whole(60, 240) if life.silent else dice.mostly_low(0, 40)
    letters = []
    deaf_since = dice.whole(60, 150) if life.deaf else 0
    for number in range(0 if life.colleague else dice.weighted({0: 6, 3: 30, 6: 40, 9: 18, 14: 6})):
        ago = dice.whole(1, 360)
        if ago <= life.tenure and ago > gone:
            reads = ago > deaf_since and dice.chance(0.6)
            opened = life.moment(max(ago - dice.mostly_low(0, 3), 0)) if reads else None
            letters.append({"id": life.id("M", number + 1), "sent_at": life.moment(ago), "opened_at": opened})
    targets = []
    for campaign in dict.fromkeys(
        dice.weighted(AIMED) for _ in range(0 if life.colleague else dice.weighted({0: 5, 1: 4, 2: 1}))
    ):
        likely = dice.between(0.005, 0.12, 3) * (0.4 if life.deaf else 1)
        targets.append(
            {
                "id": campaign.id,
                "product": campaign.article.name,
                "value": campaign.article.price,
                "propensity": round(likely, 3),
            }
        )
    points = None if life.colleague else float(dice.mostly_low(0, 4000))
    return {
        "joined_on": None if life.colleague else life.day(life.tenure),
        "left_on": None if life.left is None else life.day(life.left),
        "left_because": life.left_because,
        "last_used_at": None if life.colleague else life.moment(min(gone + unused, life.tenure)),
        "letters": letters,
        "targets": targets,
        "points": points,
        "points_expire_on": life.day(-dice.whole(1, 365)) if points else None,
        "thanked_on": life.day(dice.mostly_low(1, 600)) if life.tenure > 1000 and dice.chance(0.9) else None,
    }


def billing(life: Life) -> Told:
    """Invoices of the last months, and what the customer has told about money."""
    dice = life.dice
    monthly = round(sum(of.monthly for of in life.contracts), 2)
    unpaid = 0
    if life.payer == "struggling":
        unpaid = dice.whole(1, 4)
    elif life.payer == "forgetful" and not life.autopay:
        unpaid = dice.weighted({0: 6, 1: 3, 2: 1})
    invoices: list[Told] = []
    first = (life.left or 0) // 30
    for month in range(first, min(life.tenure // 30, first + 9) if monthly else 0):
        due = month * 30 - 14 + (life.number % 28)  # days ago; negative: to come
        is_open = month < first + unpaid or due < 0
        late = dice.mostly_low(1, 20) if life.payer != "good" and dice.chance(0.5) else -dice.whole(0, 10)
        invoices.append(
            {
                "id": life.id("R", month + 1),
                "status": "open" if is_open else "paid",
                "amount": monthly,
                "due_on": life.day(due),
                "paid_on": None if is_open else life.day(max(due - late, 0)),
            }
        )
    went_wrong = any(of["_delay"] for of in life.orders) or any(of["status"] == "open" for of in life.cases)
    if invoices and dice.chance(0.1 if went_wrong else 0.006):
        invoices[0] |= {"status": "disputed", "paid_on": None}
    overdue = max((of["due_on"] for of in invoices if of["status"] == "open"), default=None)
    days = max([(life.today - of["due_on"]).days for of in invoices if of["status"] == "open"], default=0)
    reminders = 0 if overdue is None or days < 8 else 1 if days < 30 else dice.whole(1, 3)
    struggles = life.payer == "struggling"
    hardship: bool | None = None
    if dice.chance(0.55 if struggles else 0.4 if reminders else 0.1):  # somebody has asked
        hardship = struggles
    plan = dice.weighted({"none": 6, "running": 3, "broken": 1}) if hardship else "none"
    return {
        "invoices": invoices,
        "reminders": reminders,
        "last_reminder_at": life.moment(dice.whole(1, 25)) if reminders else None,
        "credit": dice.between(5, 120) if dice.chance(0.08 if went_wrong else 0.015) else 0.0,
        "hardship": hardship,
        "vulnerable": dice.weighted({False: 70, None: 27, True: 3}),
        "plan": plan,
        "autopay": life.autopay,
    }


def workplace(life: Life) -> Told | None:
    """A colleague's needs; None for a customer, who does not work here."""
    if not life.colleague:
        return None
    dice = life.dice
    starts = dice.whole(-20, 30) if dice.chance(0.25) else dice.mostly_low(31, 5000)  # days ago; negative: to come
    fresh = starts < 30
    kinds = ("laptop", "phone", "badge", "account")
    usual = {"ready": 55, "ordered": 30, "wanted": 15} if fresh else {"ready": 93, "broken": 4, "wanted": 3}
    equipment = [
        {
            "id": life.id("I", number),
            "kind": kind,
            "status": dice.weighted(usual),
            "due_on": life.day(starts if fresh else -dice.whole(1, 30)),
        }
        for number, kind in enumerate(kinds, 1)
    ]
    about = ("no network", "the printer", "a locked account", "a slow laptop", "the meeting room")
    tickets = [
        {
            "id": life.id("T", number + 1),
            "about": dice.pick(about),
            "status": dice.weighted({"open": 45, "waiting": 15, "solved": 40}),
            "severity": dice.weighted({"low": 40, "medium": 38, "high": 17, "critical": 5}),
            "opened_at": life.moment(dice.mostly_low(0, 60)),
        }
        for number in range(dice.weighted({0: 55, 1: 35, 2: 10}) if starts >= 0 else 0)
    ]
    asked_of = ("marketing", "sales", "service", "logistics")
    requests = [
        {
            "id": life.id("Q", number + 1),
            "what": dice.pick(("campaign material", "a price list", "an answer for a customer", "a sample")),
            "department": dice.pick(asked_of),
            "status": dice.weighted({"open": 60, "done": 40}),
            "asked_at": life.moment(dice.whole(1, 20)),
            "needed_on": life.day(-dice.whole(-3, 14)),
            "customers": [f"C-{dice.whole(1, 99_999)}" for _ in range(dice.weighted({0: 5, 1: 3, 3: 2}))],
        }
        for number in range(dice.weighted({0: 60, 1: 30, 2: 10}) if starts >= 0 else 0)
    ]
    titles = ("Data protection", "Fire safety", "Talking with customers", "Spreadsheets", "Leading a team")
    courses = [
        {
            "id": life.id("L", titles.index(title) + 1),
            "title": title,
            "mandatory": title in titles[:2],
            "due_on": life.day(-dice.whole(-5, 120)),
            "done": dice.chance(0.5),
        }
        for title in dice.some(titles, dice.whole(1, 3))
    ]
    absent = dice.weighted({None: 88, "holiday": 7, "health": 3, "family": 2}) if starts > 30 else None
    return {
        "starts_on": life.day(starts),
        "manager": dice.pick(("Frida", "Goran", "Hilla", "Ines")),
        "equipment": equipment,
        "tickets": tickets,
        "requests": requests,
        "courses": courses,
        "away_until": life.day(dice.whole(-10, 8)) if absent else None,
        "absence": absent,
        "asked_on": life.day(dice.whole(1, 400)) if starts > 60 and dice.chance(0.6) else None,
    }


def promises(life: Life, offers: Told, letters: Told) -> list[Told]:
    """What the offers of sales and marketing would promise: in how many days it arrives."""
    days = {of.id: of.promises for of in CAMPAIGNS}
    found = []
    for offer in offers["opportunities"]:
        found.append(_promise(offer, "sales", _article(offer["product"]).days + life.dice.weighted({1: 9, -2: 1})))
    for target in letters["targets"]:
        found.append(_promise(target, "marketing", days[target["id"]]))
    return found


def _promise(offer: Told, department: str, days: float) -> Told:
    return {"id": offer["id"], "department": department, "product": offer["product"], "days": float(max(days, 1))}


def _article(name: str) -> Article:
    return next(of for of in ARTICLES if of.name == name)


def contacts(life: Life, count: int) -> list[Told]:
    """Contacts of the last months: who is silent leaves them without an answer."""
    dice, found = life.dice, []
    answers = (
        {"ignored": 8, "delivered": 2} if life.silent else {"opened": 5, "accepted": 2, "ignored": 2, "rejected": 1}
    )
    for number in range(count):
        department, action = dice.pick(
            (("marketing", "points_reminder"), ("sales", "check_in"), ("service", "follow_up"))
        )
        found.append(
            {
                "id": life.id("N", number + 1),
                "action": f"{department}.{action}",
                "key": None,
                "department": department,
                "channel": dice.pick(("email", "sms")),
                "at": life.moment(dice.whole(1, 120)),
                "outcome": dice.weighted(answers),
            }
        )
    return found


SECTIONS: dict[str, Callable[[Life], Told | None]] = {
    "service": service,
    "logistics": logistics,
    "sales": sales,
    "marketing": marketing,
    "billing": billing,
    "workplace": workplace,
}
