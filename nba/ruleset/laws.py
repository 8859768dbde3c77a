"""The laws of the house, checked and collected."""

from __future__ import annotations

from nba.documents.house import House, Law
from nba.language.scope import Scope
from nba.language.texts import Template, template
from nba.ruleset.carrying import check_carried, message_to
from nba.ruleset.collecting import Collected
from nba.ruleset.gathering import Declared, Document
from nba.ruleset.model import Duty, Guard, Pairs, Statement
from nba.ruleset.surroundings import Surroundings


def collect_laws(document: Document[House], around: Surroundings, into: Collected) -> None:
    """Check the laws of a house, in the order of their ids."""
    numbered = sorted(enumerate(document.entry.laws), key=lambda pair: pair[1].id)
    for number, law in numbered:
        _law(_declared(document, number, law), around, into)


def _declared(document: Document[House], number: int, law: Law) -> Declared[Law]:
    place = document.span("laws", number, "id")
    return Declared(law.id, "house", law, place.location, document.file, ("laws", number))


def _law(declared: Declared[Law], around: Surroundings, into: Collected) -> None:
    law, scope = declared.entry, around.scopes[None]
    if law.id in into.statements:
        around.problems.add("declared-twice", f"law `{law.id}` is declared twice", declared.place())
        return
    with around.problems.collecting(declared.place):
        given = around.condition(law.given, scope, declared)
        public = law.public_because or ""
        statement = Statement(
            law.id, "law", around.house.house, law.because, declared.source, given, law.meta, public_because=public
        )
        into.statements[law.id] = statement
        if law.never is not None:
            pairs = around.selecting.pairs(law.never, declared, "never", pack=None)
            into.guards.append(Guard(statement, "law", into.condition(statement), pairs))
            around.check_public_reason(statement, pairs, declared.place)
        elif law.always is not None:
            pairs = around.selecting.pairs(law.always, declared, "always", pack=None)
            into.duties.append(_duty(declared, statement, into.condition(statement), pairs, scope, around))


def _duty(
    declared: Declared[Law], statement: Statement, number: int, pairs: Pairs, scope: Scope, around: Surroundings
) -> Duty:
    """What an `always` law asks for, and what is told to whom when it is not met."""
    law = declared.entry
    departments = sorted({around.actions[id].department for id in pairs})
    department = law.task.department if law.task else (departments[0] if departments else around.house.house)
    if law.task:
        around.check_department(law.task.department, lambda: declared.span("task", "department"))
    message = _unmet(statement, department, around)
    if law.task and law.task.message:
        message = template(law.task.message, scope)
        to = message_to(department)
        check_carried(message.nodes, law.task.message, to, around.secrets, {}, around.problems)
    if not pairs:
        why = f"no loaded action can meet the law `{law.id}`: whenever it binds, a person is asked"
        hint = "add an action that it selects, or take the law out"
        around.problems.add("law-unmeetable", why, declared.place(), hint, level="warning")
    return Duty(statement, number, pairs, department, message)


def _unmet(law: Statement, department: str, around: Surroundings) -> Template:
    """What is told of a law that is not met and does not say what; no more than the department may see."""
    if around.secrets.shown_to(department, around.secrets.of(law.condition)):
        return Template((f"{law.because}: the law {law.id} is not met; a person decides what to do",))
    because = f"{law.public_because}: " if law.public_because else ""
    return Template((f"{because}a law of the house is not met; a person decides what to do",))
