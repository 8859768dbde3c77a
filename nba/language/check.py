"""From the syntax tree to the checked tree: names get a meaning and parts a type, or an error with its place."""

from __future__ import annotations

from typing import NamedTuple

from nba.errors import Problem, RulesError, did_you_mean
from nba.language import syntax, tree, types
from nba.language.comparing import check_comparable, comparison
from nba.language.functions import FUNCTIONS, SPECIAL_FORMS, Function
from nba.language.moments import read_date, read_instant
from nba.language.names import dotted, field_of, resolve
from nba.language.operands import Complaint, Operand, a, fits, type_of_literal
from nba.language.parse import parse
from nba.language.scope import Scope
from nba.language.show import Shown, show
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, ListOf, MapOf, Type
from nba.source import Written

_ASKED = (tree.Path, tree.Fact, tree.Get, tree.Item, tree.Lookup)
"""What `is missing` can be asked of."""


def check(written: Written, scope: Scope, expected: Type | None = None) -> tree.Node:
    """Parse and check an expression, of the `expected` type when one is given.

    >>> profile = types.Record("profile", {"age": types.Field(NUMBER)})
    >>> check(Written.of("age >= 18"), Scope(profile), expected=BOOLEAN).text
    'age >= 18'

    Raises:
        RulesError: what is wrong with it, and where.
    """
    known = scope.known(written.text).checked
    node = known.get((written.text, expected))
    if node is None:
        expression, checker = parse(written), _Checker(scope, Complaint(written), {})
        node = checker.check(expression) if expected is None else checker.typed(expression, expected, "this place")
        known[written.text, expected] = node
    return node


class _Checker(NamedTuple):
    """One walk over one expression. A part's first problem is raised; `and` and `or` collect those of their items."""

    scope: Scope
    complaint: Complaint
    shown: Shown

    def check(self, node: syntax.Expression) -> tree.Node:
        text = show(node, self.shown)
        parts = self.scope.known(text).parts
        found = parts.get(text)
        if found is None:
            found = parts[text] = self.meant(node, text)
        return found

    def meant(self, node: syntax.Expression, text: str) -> tree.Node:
        match node:
            case syntax.Literal_(value=literal):
                return tree.Constant(literal, type_of_literal(literal), text)
            case syntax.ListLiteral():
                return self.list_literal(node, text)
            case syntax.Name() | syntax.Attribute():
                return self.path(node)
            case syntax.Index():
                return self.lookup(node, text)
            case syntax.Compare():
                return self.comparison(node, text)
            case syntax.Missing(of=of, negated=negated):
                return self.missing(of, negated, text)
            case syntax.And(items=items):
                return tree.And(self.conditions(items, "`and`"), text)
            case syntax.Or(items=items):
                return tree.Or(self.conditions(items, "`or`"), text)
            case syntax.Not(of=of):
                return tree.Not(self.typed(of, BOOLEAN, "`not`"), text)
            case syntax.Arithmetic(operator=operator, left=left, right=right):
                one, two = (self.typed(of, NUMBER, f"`{operator}`") for of in (left, right))
                return tree.Arithmetic(operator, one, two, text)
            case syntax.Minus(of=of):
                return tree.Arithmetic("-", tree.Constant(0, NUMBER, "0"), self.typed(of, NUMBER, "`-`"), text)
            case syntax.Call():
                return self.call(node, text)
            case syntax.Aggregate():
                return self.aggregate(node, text)

    def operand(self, node: syntax.Expression) -> Operand:
        return Operand(self.check(node), node)

    def typed(self, node: syntax.Expression, wanted: Type, where: str) -> tree.Node:
        found = self.operand(node)
        if isinstance(found.type, types.Opaque):
            self.complaint.fail("not-readable", f"rules cannot read {found.text}: {found.type.why}", node)
        if not fits(found.type, wanted):
            hint = None
            if wanted == BOOLEAN and isinstance(found.node, _ASKED):
                hint = f"say what must be true of it, such as `{found.node.text} is not missing`"
            self.complaint.fail(
                "wrong-type", f"{where} takes {a(wanted)}, and {found.text} is {a(found.type)}", node, hint
            )
        return found.node

    def conditions(self, items: tuple[syntax.Expression, ...], where: str) -> tuple[tree.Node, ...]:
        nodes: list[tree.Node] = []
        problems: list[Problem] = []
        for item in items:
            try:
                nodes.append(self.typed(item, BOOLEAN, where))
            except RulesError as error:
                problems += error.problems
        if problems:
            raise RulesError(problems)
        return tuple(nodes)

    def list_literal(self, node: syntax.ListLiteral, text: str) -> tree.Constant:
        kind = type_of_literal(node.items[0].value)
        for item in node.items:
            if type_of_literal(item.value) != kind:
                self.complaint.fail(
                    "mixed-list", f"a list holds one type of value, and this one starts with {a(kind)}", item
                )
        return tree.Constant(tuple(item.value for item in node.items), ListOf(kind), text)

    def path(self, node: syntax.Name | syntax.Attribute) -> tree.Node:
        words = dotted(node)
        if words is not None:
            return resolve(words, self.scope, node, self.complaint)
        assert isinstance(node, syntax.Attribute)
        return field_of(self.check(node.of), node.name, node, self.complaint)

    def lookup(self, node: syntax.Index, text: str) -> tree.Node:
        of = self.operand(node.of)
        if isinstance(of.type, ListOf):
            hint = f"ask about its items: `any(... for x in {of.node.text})`"
            self.complaint.fail("no-index", f"{of.text} is {a(of.type)}, and items have no fixed place", node, hint)
        if not isinstance(of.type, MapOf):
            self.complaint.fail("no-index", f"{of.text} is {a(of.type)}, and only a map can be looked up in", node)
        return tree.Lookup(of.node, self.typed(node.key, STRING, "a map's key"), of.type.value, text)

    def comparison(self, node: syntax.Compare, text: str) -> tree.Node:
        left, links = self.operand(node.first), []
        for operator, expression in node.rest:
            right = self.operand(expression)
            link = text if len(node.rest) == 1 else show(syntax.Compare(left.written, ((operator, expression),)))
            links.append(comparison(operator, left, right, link, node, self.complaint))
            left = right
        return links[0] if len(links) == 1 else tree.And(tuple(links), text)

    def missing(self, of: syntax.Expression, negated: bool, text: str) -> tree.Node:
        node = self.check(of)
        if not isinstance(node, _ASKED):
            hint = "ask it of the fields that this is made from"
            self.complaint.fail("not-a-path", "`is missing` is asked of a field or a signal", of, hint)
        asked = tree.IsMissing(node, f"{node.text} is missing")
        return tree.Not(asked, text) if negated else asked

    def call(self, node: syntax.Call, text: str) -> tree.Node:
        if node.name in ("date", "instant"):
            return self.moment(node, text)
        if node.name == "default":
            return self.default(node, text)
        if node.name in ("any", "all", "sum", "count"):
            hint = f"say `{node.name}(... for x in the.list)`"
            self.complaint.fail("not-a-comprehension", f"`{node.name}` asks about the items of a list", node, hint)
        function = FUNCTIONS.get(node.name)
        if function is None:
            known = sorted([*FUNCTIONS, *SPECIAL_FORMS, "any", "all", "count", "sum"])
            hint = did_you_mean(node.name, known) or "the functions are " + ", ".join(known)
            self.complaint.fail("unknown-function", f"there is no function `{node.name}`", node.name_at, hint)
        arguments = self.arguments(node, function)
        return tree.Call(node.name, arguments, function.result or tree.type_of(arguments[0]), text)

    def arguments(self, node: syntax.Call, function: Function) -> tuple[tree.Node, ...]:
        count, wanted = len(node.arguments), len(function.parameters)
        if (count < 2) if function.variadic else (count != wanted):
            hint = f"of a list: `{node.name}(x for x in the.list)`" if function.variadic else None
            number = "two or more arguments" if function.variadic else f"{wanted} argument{'s' * (wanted != 1)}"
            self.complaint.fail("wrong-arguments", f"`{function.signature}` takes {number}, not {count}", node, hint)
        operands = [self.operand(argument) for argument in node.arguments]
        for position, operand in enumerate(operands):
            allowed = function.parameters[0 if function.variadic else position]
            if not any(_accepts(one, operand.type) for one in allowed):
                words = " or ".join(a(one) for one in allowed)
                message = f"`{function.signature}` takes {words}, and {operand.text} is {a(operand.type)}"
                hint = 'a date is written `date("2026-12-31")`' if DATE in allowed and operand.type == STRING else None
                self.complaint.fail("wrong-type", message, operand.written, hint)
            if function.alike and operand.type != operands[0].type:
                message = (
                    f"`{function.signature}` takes values of one type, not {a(operands[0].type)} and {a(operand.type)}"
                )
                self.complaint.fail("wrong-type", message, operand.written)
        return tuple(operand.node for operand in operands)

    def moment(self, node: syntax.Call, text: str) -> tree.Node:
        literal = node.arguments[0] if len(node.arguments) == 1 else None
        if not isinstance(literal, syntax.Literal_) or not isinstance(literal.value, str):
            self.complaint.fail(
                "wrong-arguments", f"`{node.name}` takes one text in quotes", node, f"write {SPECIAL_FORMS[node.name]}"
            )
        found = read_date(literal.value) if node.name == "date" else read_instant(literal.value)
        if found is None:
            what = "a calendar day" if node.name == "date" else "an instant with its UTC offset"
            self.complaint.fail("bad-moment", f"this is not {what}", literal, f"write it as {SPECIAL_FORMS[node.name]}")
        return tree.Constant(found, DATE if node.name == "date" else INSTANT, text)

    def default(self, node: syntax.Call, text: str) -> tree.Node:
        if len(node.arguments) != 2:
            self.complaint.fail("wrong-arguments", f"`{SPECIAL_FORMS['default']}` takes 2 arguments", node)
        of, fallback = (self.operand(argument) for argument in node.arguments)
        check_comparable(of, fallback, node, self.complaint)  # what can never be equal is no fallback
        kind = of.type
        if isinstance(kind, Enum) and not isinstance(fallback.node, tree.Constant) and fallback.type != kind:
            kind = STRING
        return tree.Default(of.node, fallback.node, kind, text)

    def aggregate(self, node: syntax.Aggregate, text: str) -> tree.Node:
        over = self.operand(node.over)
        if not isinstance(over.type, ListOf):
            self.complaint.fail("not-a-list", f"{over.text} is {a(over.type)}, and `for` goes through lists", node.over)
        taken = self.scope.takes(node.item)
        if taken:
            hint = "take another name for the item"
            self.complaint.fail("name-taken", f"`{node.item}` is already {taken}", node.item_at, hint)
        inner = self._replace(scope=self.scope.with_item(node.item, over.type.item))
        where = None if node.where is None else inner.typed(node.where, BOOLEAN, "`if`")
        body = inner.body(node, over)
        fixed: dict[str, Type] = {"any": BOOLEAN, "all": BOOLEAN, "count": NUMBER, "sum": NUMBER}
        result = fixed.get(node.name) or tree.type_of(body)
        return tree.Aggregate(node.name, body, node.item, over.node, where, result, text)

    def body(self, node: syntax.Aggregate, over: Operand) -> tree.Node:
        if node.name in ("any", "all"):
            return self.typed(node.body, BOOLEAN, f"`{node.name}`")
        if node.name == "count":
            if node.body != syntax.Name(node.item):
                hint = f"say `count({node.item} for {node.item} in {over.node.text} if ...)`"
                self.complaint.fail("count-of", "`count` counts the items themselves", node.body, hint)
            return self.check(node.body)
        body = self.operand(node.body)
        wanted = (NUMBER,) if node.name == "sum" else (NUMBER, DATE, INSTANT)
        if body.type not in wanted:
            words = " or ".join(a(one) for one in wanted)
            self.complaint.fail(
                "wrong-type", f"`{node.name}` takes {words}, and {body.text} is {a(body.type)}", node.body
            )
        return body.node


def _accepts(wanted: Type | type, kind: Type) -> bool:
    return isinstance(kind, wanted) if isinstance(wanted, type) else fits(kind, wanted)
