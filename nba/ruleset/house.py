"""The house, checked: tiers that keep recovery above growth, departments, assumptions, settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nba.documents.house import DEFAULT_PROMOTIONAL, House
from nba.errors import did_you_mean
from nba.language.types import Record, Type
from nba.language.values import Value
from nba.ruleset.gathering import Document, MergedPack, Problems
from nba.ruleset.model import Assumption, Limits
from nba.ruleset.model import House as CheckedHouse
from nba.schema.reading import reader
from nba.schema.zones import zone

_RECOVERY, _GROWTH = "recovery", "growth"


def house(document: Document[House], problems: Problems) -> CheckedHouse:
    """The checked house."""
    entry = document.entry
    _check_tiers(document, problems)
    promotional = entry.promotional
    if promotional is None:
        promotional = [tier for tier in DEFAULT_PROMOTIONAL if tier in entry.tiers]
    for number, tier in enumerate(promotional):
        if tier not in entry.tiers:
            problems.unknown("tier", tier, entry.tiers, document.span("promotional", number))
    if _GROWTH in entry.tiers and _GROWTH not in promotional:
        message = "`growth` is promotional: consent and caution are owed before it"
        problems.add("growth-not-promotional", message, document.span("promotional"), "add `growth` to `promotional:`")
    if _RECOVERY in promotional:
        message = "`recovery` is what we owe, not a promotion"
        problems.add("recovery-promotional", message, document.span("promotional"), "take it out of `promotional:`")
    for name, department in entry.departments.items():
        for number, tier in enumerate(department.tiers):
            if tier not in entry.tiers:
                problems.unknown("tier", tier, entry.tiers, document.span("departments", name, "tiers", number))
    if entry.timezone is not None and zone(entry.timezone) is None:
        hint = "an IANA name, such as `Europe/Helsinki` or `UTC`"
        problems.add("bad-timezone", f"there is no time zone `{entry.timezone[:60]}`", document.span("timezone"), hint)
    if not entry.consent:
        problems.add(
            "no-consent", "this house asks for no consent", document.span("house"), "see `consent:`", level="warning"
        )
    if not entry.laws:
        problems.add("no-laws", "this house has no laws", document.span("house"), "see `laws:`", level="warning")
    return CheckedHouse(
        entry.house, tuple(entry.tiers), frozenset(promotional), entry.timezone, document.span("house").location
    )


def _check_tiers(document: Document[House], problems: Problems) -> None:
    tiers, place = document.entry.tiers, document.span("tiers")
    for required in (_RECOVERY, _GROWTH):
        if required not in tiers:
            hint = "every house has the tiers `recovery` and `growth`"
            problems.add("missing-tier", f"`{required}` is not among the tiers", place, hint)
    if _RECOVERY in tiers and _GROWTH in tiers and tiers.index(_GROWTH) < tiers.index(_RECOVERY):
        message = "`growth` stands above `recovery`: service recovery always outranks upsell"
        problems.add("growth-above-recovery", message, place, "the first tier is the highest; move `recovery` up")


def check_consent(document: Document[House], actions: frozenset[str], problems: Problems) -> None:
    """Refuse consent that is asked for a tier or action that does not exist."""
    tiers = document.entry.tiers
    for name in document.entry.consent:
        if name not in tiers and name not in actions:
            problems.unknown("tier or action", name, [*tiers, *actions], document.key_span("consent", name))


def assumptions(document: Document[House], profile: Record, problems: Problems) -> tuple[Assumption, ...]:
    """What missing fields mean, checked against the profile's types."""
    found: list[Assumption] = []
    said: set[tuple[str, ...]] = set()
    read = reader(profile)
    for number, assume in enumerate(document.entry.assume):
        names = tuple(assume.path.split("."))
        if names in said:
            message = f"`{assume.path}` is assumed twice"
            problems.add("declared-twice", message, document.span("assume", number, "path"))
            continue
        said.add(names)
        kind: Type = profile
        for position, name in enumerate(names):
            field = kind.fields.get(name) if isinstance(kind, Record) else None
            if field is None:
                hint = did_you_mean(
                    assume.path,
                    [
                        ".".join((*names[:position], known))
                        for known in (kind.fields if isinstance(kind, Record) else ())
                    ],
                )
                message = f"`{assume.path}` is not in the profile"
                problems.add("unknown-name", message, document.span("assume", number, "path"), hint)
                break
            if position + 1 == len(names):
                data: Any = assume.missing_means
                for above in reversed(names):
                    data = {above: data}
                reading = read(data)
                value: Value = reading.value
                for below in names:
                    value = value.get(below) if isinstance(value, Mapping) else None
                if reading.faults or value is None:
                    why = reading.faults[0] if reading.faults else "it is null"
                    message = f"a missing `{assume.path}` cannot mean this: {why}"
                    problems.add("wrong-type", message, document.span("assume", number, "missing_means"))
                else:
                    found.append(Assumption(names, value, assume.because))
            elif isinstance(field.type, Record):
                kind = field.type
            else:
                message = f"`{'.'.join(names[: position + 1])}` has no fields of its own to assume"
                problems.add("no-field", message, document.span("assume", number, "path"))
                break
    return tuple(sorted(found, key=lambda one: one.names))


def settings(document: Document[House], packs: Mapping[str, MergedPack], problems: Problems) -> dict[str, Value]:
    """The value of each setting by full id: the pack's default, or what the house says."""
    declared = {id: of for pack in packs.values() for id, of in pack.settings.items()}
    values: dict[str, Value] = {id: of.entry.default for id, of in declared.items()}
    for id, value in document.entry.settings.items():
        if id not in declared:
            problems.unknown("setting", id, declared, document.key_span("settings", id))
            continue
        why = declared[id].entry.refuses(value)
        if why:
            problems.add("bad-setting", f"setting `{id}`: {why}", document.span("settings", id))
        values[id] = value
    return dict(sorted(values.items()))


def limits(packs: Mapping[str, MergedPack]) -> dict[str, Limits]:
    """What each setting may be, by full id."""
    declared = {id: of.entry for pack in packs.values() for id, of in pack.settings.items()}
    return {
        id: Limits(of.min, of.max, None if of.values is None else tuple(of.values))
        for id, of in sorted(declared.items())
    }
