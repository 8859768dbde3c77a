"""Actions, checked: tier and department, item and key, score, payload."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nba.documents.house import House
from nba.documents.pack import Action as WrittenAction
from nba.errors import Problem, RulesError
from nba.language import tree
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.texts import Template, has_places, template
from nba.language.types import NUMBER, Enum, ListOf, Number, Opaque, String, is_scalar
from nba.ruleset.carrying import Carrier, action_of, check_carried
from nba.ruleset.gathering import Declared, MergedPack, Problems
from nba.ruleset.model import Action, ForEach, Score
from nba.ruleset.secrets import Items, Secrets

_FACTORS = ("propensity", "context_weight", "value", "lever")


def action(
    declared: Declared[WrittenAction],
    pack: MergedPack,
    house: House,
    promotional: frozenset[str],
    scope: Scope,
    secrets: Secrets,
    problems: Problems,
) -> tuple[Action | None, Scope]:
    """The checked action, or None when it has problems; and the scope in which its item is in sight."""
    before = len(problems.errors)
    entry = declared.entry
    _check_tier(declared, pack, house, problems)
    if entry.valid is not None and house.timezone is None:
        hint = "say `timezone:` in the house, such as `timezone: Europe/Helsinki`"
        problems.add("no-timezone", "`valid:` counts days in the house's time zone", declared.span("valid"), hint)
    for_each, scope = _for_each(declared, scope, problems)
    score = _score(declared, scope, problems)
    payload = _payload(declared, scope, problems)
    _check_carried(declared, for_each, payload, action_of(pack.department), secrets, problems)
    if len(problems.errors) > before:
        return None, scope
    checked = Action(
        id=declared.id,
        pack=pack.name,
        department=pack.department,
        title=entry.title or declared.id.partition(".")[2].replace("_", " ").capitalize(),
        tier=entry.tier,
        rank=house.tiers.index(entry.tier),
        promotional=entry.tier in promotional,
        channels=tuple(entry.channels),
        tags=frozenset(entry.tags),
        valid=(entry.valid.from_, entry.valid.until) if entry.valid else None,
        payload=payload,
        for_each=for_each,
        at_most=entry.at_most,
        score=score,
        exclusive=entry.exclusive,
        purpose=_purpose(declared.id, entry.tier, house.consent),
        meta=entry.meta,
        source=declared.source,
    )
    return checked, scope


def _check_carried(
    declared: Declared[WrittenAction],
    for_each: ForEach | None,
    payload: tuple[tuple[str, tree.Node | Template], ...],
    by: Carrier,
    secrets: Secrets,
    problems: Problems,
) -> None:
    """Refuse an action that would hand over, in its payload or as a key, what its department may not see."""
    items: Items = {}
    if for_each is not None and declared.entry.key is not None:
        items = {for_each.item: secrets.item(for_each.over)}
        check_carried([for_each.key], declared.entry.key, by, secrets, items, problems)
    for name, of in payload:
        nodes = of.nodes if isinstance(of, Template) else [of]
        check_carried(nodes, declared.entry.payload[name], by, secrets, items, problems)


def _purpose(id: str, tier: str, consent: Mapping[str, str]) -> str | None:
    return consent.get(id, consent.get(tier))


def _check_tier(declared: Declared[WrittenAction], pack: MergedPack, house: House, problems: Problems) -> None:
    tier = declared.entry.tier
    if tier not in house.tiers:
        problems.unknown("tier", tier, house.tiers, declared.span("tier"))
        return
    allowed = house.departments.get(pack.department)
    if allowed is not None and tier not in allowed.tiers:
        message = f"department `{pack.department}` may not use tier `{tier}`"
        hint = f"the house gives it {', '.join(f'`{of}`' for of in allowed.tiers)}"
        problems.add("tier-not-allowed", message, declared.span("tier"), hint)


def _for_each(declared: Declared[WrittenAction], scope: Scope, problems: Problems) -> tuple[ForEach | None, Scope]:
    entry = declared.entry
    if entry.for_each is None or entry.key is None:
        return None, scope
    item, over = entry.for_each
    with problems.collecting(lambda: declared.span("key")):
        node = check(over, scope)
        kind = tree.type_of(node)
        if not isinstance(kind, ListOf):
            problems.add("not-a-list", f"`{node.text}` is a {kind}, and `for_each` goes through lists", over.span())
            return None, scope
        taken = scope.takes(item)
        if taken:
            hint = "take another name for the item"
            problems.add("name-taken", f"`{item}` is already {taken}", declared.span("for_each"), hint)
        scope = scope.with_item(item, kind.item)
        key = check(entry.key, scope)
        found = tree.type_of(key)
        if not (isinstance(found, String | Enum) or (isinstance(found, Number) and found.integer)):
            hint = "a key is a text or a whole number, such as `o.id`"
            problems.add("wrong-type", f"`{key.text}` is no key", declared.span("key"), hint)
        return ForEach(item, node, key), scope
    return None, scope


def _score(declared: Declared[WrittenAction], scope: Scope, problems: Problems) -> Score:
    factors: dict[str, tree.Node] = {}
    for name in _FACTORS:
        written = getattr(declared.entry, name)
        if written is None:
            continue
        with problems.collecting(partial(declared.span, name)):
            factors[name] = node = check(written, scope, NUMBER)
            if isinstance(node, tree.Constant) and isinstance(node.value, int | float) and node.value < 0:
                problems.add("negative", f"`{name}` is a factor and at least 0", declared.span(name))
    return Score(**factors)


def _or_a_text(problem: Problem) -> Problem:
    """The problem of a payload's value, which may have been meant as a text."""
    if problem.code not in ("syntax", "unknown-name") or (problem.help or "").startswith("did you mean"):
        return problem
    meant = "a value is an expression, or a text with a `{path}` in it; a text of its own is written '\"...\"'"
    return Problem(problem.code, problem.message, problem.span, meant, problem.level)


def _payload(
    declared: Declared[WrittenAction], scope: Scope, problems: Problems
) -> tuple[tuple[str, tree.Node | Template], ...]:
    values: list[tuple[str, tree.Node | Template]] = []
    for name, written in declared.entry.payload.items():
        if has_places(written.text):
            with problems.collecting():
                values.append((name, template(written, scope)))
            continue
        try:
            node = check(written, scope)
        except RulesError as error:
            problems.found += [_or_a_text(of) for of in error.problems]
            continue
        kind = tree.type_of(node)
        if isinstance(kind, Opaque) or not (is_scalar(kind) or (isinstance(kind, ListOf) and is_scalar(kind.item))):
            hint = "say which of its fields is meant"
            problems.add("wrong-type", f"`{node.text}` has no single value to hand over", written.span(), hint)
        values.append((name, node))
    return tuple(values)
