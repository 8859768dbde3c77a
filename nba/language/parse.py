"""Text to syntax tree.

The text is cut into words and their order is checked (`tokens.py`, `outline.py`). Python's own parser then reads it,
for precedence and positions. A whitelist of what it found becomes our tree: nothing is ever compiled or run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final, cast, get_args

from nba.errors import RulesError
from nba.language import habits
from nba.language.outline import MAX_LEVELS, TOO_DEEP, TOO_DEEP_HELP, check_order
from nba.language.show import show
from nba.language.syntax import (
    Aggregate,
    AggregateName,
    And,
    Arithmetic,
    ArithmeticOperator,
    Attribute,
    Call,
    Compare,
    CompareOperator,
    Expression,
    Index,
    ListLiteral,
    Literal_,
    Minus,
    Missing,
    Name,
    Not,
    Or,
    Range,
)
from nba.language.tokens import Token, clip, refusal, scan
from nba.source import Written

_AGGREGATES: Final = get_args(AggregateName)
_COMPARE: Final[Mapping[type[ast.cmpop], CompareOperator]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ARITHMETIC: Final[Mapping[type[ast.operator], ArithmeticOperator]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


def parse(written: Written) -> Expression:
    """The syntax tree of an expression; positions in it are offsets into its text.

    Raises RulesError with one Problem, which has the place and mostly a fix, for anything that is not part of the
    language. No text makes it hang, warn, or raise anything else.

    >>> parse(Written.of("1 <= x < 5"))
    Compare(first=Literal_(value=1), rest=(('<=', Name(id='x')), ('<', Literal_(value=5))))
    >>> parse(Written.of("plan = 1"))
    Traceback (most recent call last):
    nba.errors.RulesError: error[not-allowed]: `=` is not part of the language
      --> <expression>:1:6
    1 | plan = 1
      |      ^
    help: compare with `==`
    """
    tokens = scan(written)
    check_order(tokens, written)
    try:
        tree = ast.parse(_plain(written.text, tokens), mode="eval")
    except SyntaxError:  # a later Python may refuse what the check lets through: then the place is the whole
        raise refusal(written, (0, len(written.text)), "syntax", "this is not an expression") from None
    texts = {token.start: token for token in tokens if token.kind == "string"}
    return _Reader(written, texts).read(tree.body, 0)


def _plain(text: str, tokens: Sequence[Token]) -> str:
    """The text for Python's parser: in parentheses, with each token in its place.

    Line breaks become spaces; fields and the insides of strings become plain letters, so that a field may be a
    keyword, no escape can warn, and offsets in bytes are offsets in characters.
    """
    pieces, end = ["("], 0
    for token in tokens:
        pieces.append(" " * (token.start - end))
        if token.kind == "string":
            pieces.append('"' + "s" * (len(token.text) - 2) + '"')
        else:
            pieces.append("_" * len(token.text) if token.kind == "field" else token.text)
        end = token.end
    return "".join([*pieces, ")"])


class _Reader:
    """Turns Python's nodes into ours, one method a kind."""

    def __init__(self, written: Written, texts: Mapping[int, Token]) -> None:
        self.written = written
        self.texts = texts

    def read(self, node: ast.expr, level: int) -> Expression:
        at = _at(node)
        if level > MAX_LEVELS:
            raise refusal(self.written, at, "too-deep", TOO_DEEP, TOO_DEEP_HELP)
        below = level + 1
        match node:
            case ast.Attribute(value=of):
                return Attribute(self._path(of, below, "fields"), self._field(node), at)
            case ast.Constant():
                return self._constant(node)
            case ast.Compare():
                return self._compare(node, below)
            case ast.Name(id="true" | "false" as word):
                return Literal_(word == "true", at)
            case ast.Name(id=name):
                self._check_name(node)
                return Name(name, at)
            case ast.Subscript(value=of, slice=key):
                return Index(self._path(of, below, "keys"), self.read(key, below), at)
            case ast.List(elts=items):
                return self._list(items, at)
            case ast.BoolOp(op=operator, values=values):
                parts = tuple(self.read(value, below) for value in values)
                return And(parts, at) if isinstance(operator, ast.And) else Or(parts, at)
            case ast.UnaryOp(op=ast.Not(), operand=of):
                return Not(self.read(of, below), at)
            case ast.UnaryOp(op=ast.USub(), operand=of):
                number = _number(node)
                return Minus(self.read(of, below), at) if number is None else Literal_(number, at)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
                return Arithmetic(_ARITHMETIC[type(operator)], self.read(left, below), self.read(right, below), at)
            case ast.Call(func=ast.Name()):
                return self._call(node, below)
            case _:
                raise self._refuse(node, "this is not part of the language")

    def _constant(self, node: ast.Constant) -> Literal_:
        at = _at(node)
        match node.value:
            case bool(value):
                raise self._refuse(node, f"`{value}` is not part of the language", f"write `{str(value).lower()}`")
            case int() | float() as value:
                return Literal_(value, at)
            case str():
                return Literal_(self.texts[at[0]].value, at)
            case _:
                raise self._refuse(node, "`None` is not part of the language", "say `x is missing`")

    def _check_name(self, node: ast.Name) -> None:
        """Refuse the names that mean something else, here or in other languages."""
        name, small = node.id, node.id.lower()
        if name == "missing":
            message = "`missing` is not a value: nothing equals it, and it goes only after `is` or `is not`"
            raise self._refuse(node, message, "say `x is missing`")
        if name in ("true", "false"):
            raise self._refuse(node, f"`{name}` is a value and cannot be the name of anything")
        if small in ("true", "false"):
            raise self._refuse(node, f"`{name}` is not part of the language", f"write `{small}`")
        if small == "null":
            raise self._refuse(node, f"`{name}` is not part of the language", "say `x is missing`")

    def _path(self, node: ast.expr, level: int, what: str) -> Expression:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            of = self.read(node, level)
            if not isinstance(of, Literal_):
                return of
        raise self._refuse(node, f"only a path such as `service.cases` has {what}")

    def _field(self, node: ast.Attribute) -> str:
        end = _at(node)[1]
        return self.written.text[end - len(node.attr) : end]

    def _list(self, items: Sequence[ast.expr], at: Range) -> ListLiteral:
        if not items:
            help = "put at least one value in it, or ask `len(x) == 0`"
            raise refusal(self.written, at, "not-allowed", "a list cannot be empty", help)
        return ListLiteral(tuple(self._item(item) for item in items), at)

    def _item(self, node: ast.expr) -> Literal_:
        if _is_no_value(node):
            help = "say `x is missing or x in [...]`"
            raise self._refuse(node, "a list holds values, and missing is not one", help)
        if isinstance(node, ast.Constant | ast.Name) or _number(node) is not None:
            item = self.read(node, 0)
            if isinstance(item, Literal_):
                return item
        help = "compare with each by itself: `x == a or x == b`"
        raise self._refuse(node, "a list holds only plain values: texts, numbers, true, false", help)

    def _compare(self, node: ast.Compare, level: int) -> Expression:
        if len(node.ops) == 1:
            self._check_no_value(node)
            if isinstance(node.ops[0], ast.Is | ast.IsNot):
                return self._missing(node, level)
        else:
            self._check_chain(node)
        operands = [self.read(operand, level) for operand in (node.left, *node.comparators)]
        operators = [_COMPARE[type(operator)] for operator in node.ops]
        return Compare(operands[0], tuple(zip(operators, operands[1:], strict=True)), _at(node))

    def _check_no_value(self, node: ast.Compare) -> None:
        """Refuse `x == missing` and the like, and say how to ask it."""
        operator, right = node.ops[0], node.comparators[0]
        if not isinstance(operator, ast.Eq | ast.NotEq):
            return
        for odd, other in ((right, node.left), (node.left, right)):
            if _is_no_value(odd):
                word = self.written.text[slice(*_at(odd))]
                says = "is" if isinstance(operator, ast.Eq) else "is not"
                asked = "x" if _is_no_value(other) else clip(show(self.read(other, 0)))
                raise self._refuse(odd, f"nothing equals `{word}`", f"say `{asked} {says} missing`")

    def _check_chain(self, node: ast.Compare) -> None:
        """Refuse the chains that read one way and mean another: `a == b is missing`, `a in b == c`."""
        said = {ast.Is: "is missing", ast.IsNot: "is not missing", ast.In: "in", ast.NotIn: "not in"}
        for operator in node.ops:
            if type(operator) in said:
                message = f"`{said[type(operator)]}` does not chain with another comparison"
                help = "put one of them in parentheses, or join them with `and`"
                raise self._refuse(node, message, help, code="chain")

    def _missing(self, node: ast.Compare, level: int) -> Missing:
        asked = node.comparators[0]
        if not isinstance(asked, ast.Name):
            raise self._refuse(asked, "nothing can follow `missing` here", "put `(x is missing)` in parentheses")
        return Missing(self.read(node.left, level), isinstance(node.ops[0], ast.IsNot), _at(node))

    def _call(self, node: ast.Call, level: int) -> Expression:
        function = cast(ast.Name, node.func)
        name = function.id
        if name.upper() in habits.CALLS:
            message = f"`{name}` is not a function"
            raise self._refuse(function, message, habits.CALLS[name.upper()])
        self._check_name(function)
        match node.args:
            case [ast.GeneratorExp(elt=body, generators=[loop])]:
                return self._aggregate(node, name, body, loop, level)
            case arguments:
                read = tuple(self.read(argument, level) for argument in arguments)
                return Call(name, read, _at(node), _at(function))

    def _aggregate(self, node: ast.Call, name: str, body: ast.expr, loop: ast.comprehension, level: int) -> Aggregate:
        if name not in _AGGREGATES:
            help = f"the functions that do are {', '.join(_AGGREGATES)}"
            raise self._refuse(node.func, f"`{clip(name)}` does not go over a list", help)
        target = cast(ast.Name, loop.target)
        self._check_name(target)
        where = self.read(loop.ifs[0], level) if loop.ifs else None
        over = self.read(loop.iter, level)
        inside = self.read(body, level)
        return Aggregate(cast(AggregateName, name), inside, target.id, over, where, _at(node), _at(target))

    def _refuse(self, node: ast.expr, message: str, help: str | None = None, code: str = "not-allowed") -> RulesError:
        return refusal(self.written, _at(node), code, message, help)


def _at(node: ast.expr) -> Range:
    """The offsets of a node in the text: Python saw it behind one parenthesis, on one line."""
    return node.col_offset - 1, cast(int, node.end_col_offset) - 1


def _number(node: ast.expr) -> int | float | None:
    """The number that a minus sign and a literal make together, if that is what the node is."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return None if isinstance(value, bool) else -value or value  # -0.0 is 0.0
        case _:
            return None


def _is_no_value(node: ast.expr) -> bool:
    """Whether a node is a word for "no value", here or in other languages."""
    match node:
        case ast.Constant(value=None):
            return True
        case ast.Name(id=name):
            return name == "missing" or name.lower() == "null"
        case _:
            return False
