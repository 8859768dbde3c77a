"""The core of a sample customer's profile: who it is, and what was agreed."""

from __future__ import annotations

from nba.sample.catalogue import CHANNELS
from nba.sample.departments import SECTIONS, contacts, promises
from nba.sample.dice import Dice
from nba.sample.life import Life, Told

_NAMES = {
    "fi-FI": ("Aada", "Eero", "Helmi", "Juho", "Kaisa", "Mikko", "Oona", "Väinö"),
    "sv-SE": ("Alva", "Björn", "Ebba", "Lars", "Saga", "Åke"),
    "de-DE": ("Anke", "Jörg", "Lena", "Moritz", "Ute", "Yusuf"),
    "en-GB": ("Amy", "Callum", "Fatima", "George", "Priya", "Zoë"),
}
_ZONES = {"fi-FI": "Europe/Helsinki", "sv-SE": "Europe/Stockholm", "de-DE": "Europe/Berlin", "en-GB": "Europe/London"}
_GAPS = {"service": 0.015, "logistics": 0.01, "sales": 0.01, "marketing": 0.01, "billing": 0.01, "workplace": 0.0}
"""How often a department's system does not answer."""


def profile(life: Life) -> Told:
    """The whole profile of a customer, by section and field."""
    dice = life.dice
    told: Told = {name: tell(life) for name, tell in SECTIONS.items()}
    told["logistics"]["promises"] = promises(life, told["sales"], told["marketing"])
    locale = dice.weighted({"fi-FI": 45, "sv-SE": 25, "de-DE": 15, "en-GB": 15})
    age = dice.whole(12, 17) if dice.chance(0.008) and not life.colleague else dice.whole(18, 88)
    told |= {
        "id": f"{'E' if life.colleague else 'C'}-{life.number}",
        "name": dice.pick(_NAMES[locale]),
        "timezone": None if dice.chance(0.02) else _ZONES[locale],
        "locale": locale,
        "birth_date": None if dice.chance(0.03) else life.day(age * 365.25 + dice.whole(0, 364)),
        "lifecycle_stage": _stage(life, dice),
        "value": round(life.tenure / 365 * 12 * sum(of.monthly for of in life.contracts), 2),
        "consents": _consents(life, dice),
        "preferred_channels": dice.some(CHANNELS, dice.whole(0, 2)),
        "interactions": contacts(life, 0 if life.colleague else dice.weighted({0: 40, 1: 30, 3: 20, 5: 10})),
        "events": _events(life),
        "propensities": {
            "sales.renewal": dice.between(0.1, 0.8),
            "marketing.reward": dice.between(0.05, 0.5),
            "marketing.win_back": dice.between(0.01, 0.15),
        },
    }
    for section, share in _GAPS.items():
        if dice.chance(share):
            told[section] = None
    return told


def _stage(life: Life, dice: Dice) -> str:
    if dice.chance(0.002):
        return "deceased"
    if life.colleague:
        return "colleague"
    if life.left is not None:
        return "former"
    return "new" if life.tenure < 30 else "loyal" if life.tenure > 1100 else "active"


def _consents(life: Life, dice: Dice) -> Told | None:
    if dice.chance(0.06):
        return None
    granted = dice.chance(0.6 if life.silent or life.deaf else 0.82)
    channels = {of: dice.chance(0.85) for of in ("email", "sms", "post", "app")}
    channels |= {"phone": dice.chance(0.5), "visit": True, "intranet": life.colleague, "chat": True}
    consents: Told = {"marketing": {"granted": granted, "channels": channels, "at": life.moment(min(life.tenure, 400))}}
    if life.colleague:
        offices = {"email": True, "intranet": True}
        consents["workplace"] = {"granted": dice.chance(0.9), "channels": offices, "at": life.moment(300)}
    return consents


def _events(life: Life) -> list[Told]:
    dice = life.dice
    names = ("cart_abandoned", "page_viewed", "app_opened") if not life.silent else ("letter_returned",)
    return [
        {"name": dice.pick(names), "at": life.moment(dice.whole(0, 30)), "channel": "app", "value": None}
        for _ in range(0 if life.colleague else dice.weighted({0: 60, 1: 25, 2: 15}))
    ]
