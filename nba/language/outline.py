"""The order of an expression's words: operands and operators in turn, brackets in pairs.

Python's parser says where it gave up, in words that differ between its versions, and can be slow on what it refuses.
So this check comes first, and leaves it nothing to refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Final, Literal

from nba.errors import RulesError
from nba.language import habits
from nba.language.tokens import Token, clip, refusal
from nba.source import Written

MAX_LEVELS: Final = 30
TOO_DEEP: Final = f"the expression has more than {MAX_LEVELS} levels"
TOO_DEEP_HELP: Final = "give a part of it a name of its own, as a signal"

_CONSTANTS = ("True", "False", "None")
_ARITHMETIC = ("+", "-", "*", "/")
_BINARY = frozenset([*_ARITHMETIC, "==", "!=", "<", "<=", ">", ">=", "and", "or", "in"])
_BEFORE_NOT = ("(", "[", ",", "and", "or", "not", "if")
_CLOSING = {"(": ")", "[": "]"}


@dataclass(slots=True)
class _Bracket:
    kind: Literal["group", "call", "list", "index"]
    token: Token
    commas: int = 0
    loop: Literal["", "for", "if"] = ""


def check_order(tokens: Sequence[Token], written: Written) -> None:
    """Raise RulesError at the first word that cannot stand where it does.

    >>> from nba.language.tokens import scan
    >>> written = Written.of("1 + (2")
    >>> check_order(scan(written), written)
    Traceback (most recent call last):
    nba.errors.RulesError: error[syntax]: `(` is never closed
      --> <expression>:1:5
    1 | 1 + (2
      |     ^
    help: add `)`
    """
    _Order(tokens, written).check()


class _Order:
    def __init__(self, tokens: Sequence[Token], written: Written) -> None:
        self.tokens = tokens
        self.written = written
        self.open: list[_Bracket] = []
        self.index = 0

    def check(self) -> None:
        want_operand, prefixes, count = True, 0, len(self.tokens)
        while self.index < count:
            token = self.tokens[self.index]
            if want_operand:
                want_operand = self._operand(token)
                prefixes = prefixes + 1 if want_operand and token.is_("-", "not") else 0
            else:
                want_operand = token.text in _BINARY or self._operator(token)
            if len(self.open) > MAX_LEVELS or prefixes > MAX_LEVELS:
                raise self._refuse(token, TOO_DEEP, TOO_DEEP_HELP, code="too-deep")
            self.index += 1
        if want_operand:
            last = self.tokens[-1]
            raise self._refuse(last, f"something is missing after `{clip(last.text)}`")
        if self.open:
            opened = self.open[-1].token
            raise self._refuse(opened, f"`{opened.text}` is never closed", f"add `{_CLOSING[opened.text]}`")

    def _operand(self, token: Token) -> bool:
        """Take a token where a value belongs; whether a value still does after it."""
        if token.kind in ("number", "string") or token.text in _CONSTANTS:
            return False
        if token.kind == "name" and not iskeyword(token.text):
            return False
        before = self.tokens[self.index - 1] if self.index else None
        if token.is_("(", "["):
            self.open.append(_Bracket("group" if token.text == "(" else "list", token))
            return True
        if token.is_("-"):
            return True
        if token.is_("not"):
            if before is not None and not before.is_(*_BEFORE_NOT):
                raise self._refuse(token, f"`not` cannot follow `{before.text}`", "put it in parentheses: `(not x)`")
            return True
        if token.is_("+"):
            raise self._refuse(token, "a value has no plus sign", "leave the `+` out", code="not-allowed")
        if token.is_(")", "]"):
            self._close_early(token, before)
            return False
        if token.is_("if"):
            raise self._no_if(token)
        if before is None:
            raise self._refuse(token, f"something is missing before `{token.text}`")
        raise self._refuse(token, f"something is missing between `{clip(before.text)}` and `{token.text}`")

    def _close_early(self, token: Token, before: Token | None) -> None:
        bracket = self.open[-1] if self.open else None
        empty = bracket is not None and before is bracket.token
        listing = bracket is not None and bracket.kind in ("call", "list") and not bracket.loop
        if before is not None and (empty or before.is_(",")) and listing:
            self._close(token)
            return
        if empty and before is not None:
            raise self._refuse(token, f"there is nothing between `{before.text}` and `{token.text}`")
        raise self._refuse(token, f"something is missing before `{token.text}`")

    def _operator(self, token: Token) -> bool:
        """Take a token after a value that is no binary operator; whether another value belongs after it."""
        before, after = self.tokens[self.index - 1], self._peek(1)
        if token.is_("."):
            if after is None or after.kind != "field":
                raise self._refuse(token, "the name of a field belongs after the dot")
            self.index += 1
            return False
        if token.is_("not"):
            if after is None or not after.is_("in"):
                raise self._refuse(token, "after a value, `not` goes with `in`", "write `x not in [...]`, or `and not`")
            self.index += 1
            return True
        if token.is_("is"):
            self._is(token)
            return True
        if token.is_("("):
            self._called(before)
            self.open.append(_Bracket("call", token))
            return True
        if token.is_("["):
            self.open.append(_Bracket("index", token))
            return True
        if token.is_(")", "]"):
            self._close(token)
            return False
        if token.is_(","):
            self._comma(token)
            return True
        if token.is_("for"):
            self._for(token)
            return True
        if token.is_("if"):
            self._if(token)
            return True
        raise self._side_by_side(before, token)

    def _is(self, token: Token) -> None:
        negated = (following := self._peek(1)) is not None and following.is_("not")
        word = self._peek(2 if negated else 1)
        said = "is not" if negated else "is"
        if word is not None and word.is_("missing"):
            self.index += negated
            return
        at = token.start, (word or following or token).end
        if word is None or word.text.lower() in ("none", "null", "missing", "empty", "blank", "nil"):
            help = f"say `{said} missing`"
        elif word.text.lower() in ("true", "false"):
            help = "say `x` or `not x`, or compare with `==`"
        else:
            help = f"compare with `{'!=' if negated else '=='}`"
        raise refusal(self.written, at, "not-allowed", f"only `missing` can follow `{said}`", help)

    def _called(self, before: Token) -> None:
        """Refuse the `(` after anything but the plain name of a function."""
        if before.kind == "name" and before.text not in _CONSTANTS:
            return
        opened = self.tokens[self.index]
        if before.kind != "field":
            raise self._refuse(opened, f"`{clip(before.text)}` cannot be called", "multiply with `*`")
        of, start = "x", self.index - 1
        while start > 1 and self.tokens[start].kind == "field":
            start -= 2
        if self.tokens[start].kind == "name":
            of = "".join(token.text for token in self.tokens[start : self.index - 2])
        method = habits.METHODS.get(before.text.lower(), "write `function({of})`, with a function of the language")
        at = before.start, opened.end
        message = f"`.{clip(before.text)}(` calls a method; only functions can be called"
        raise refusal(self.written, at, "not-allowed", message, method.replace("{of}", clip(of)))

    def _comma(self, token: Token) -> None:
        bracket = self.open[-1] if self.open else None
        if bracket is None:
            raise self._refuse(token, "a comma cannot stand here", "join conditions with `and` or `or`")
        if bracket.kind == "group":
            help = 'a list is written in square brackets: ["a", "b"]'
            raise self._refuse(token, "a comma cannot stand in plain parentheses", help, code="not-allowed")
        if bracket.kind == "index":
            raise self._refuse(token, "a look-up has one key", 'write `x["a"]`', code="not-allowed")
        if bracket.loop:
            raise self._refuse(token, "a comma cannot follow a `for`", "close the parenthesis before it")
        bracket.commas += 1

    def _for(self, token: Token) -> None:
        bracket = self.open[-1] if self.open else None
        if bracket is None or bracket.kind != "call":
            help = "go over a list inside a function: `any(c.open for c in service.cases)`"
            raise self._refuse(token, "`for` cannot stand here", help, code="not-allowed")
        if bracket.loop:
            help = "go over a list in a list with two functions: `any(any(... for d in c.items) for c in ...)`"
            raise self._refuse(token, "one `for` is enough", help, code="not-allowed")
        if bracket.commas:
            raise self._refuse(token, "a `for` stands alone in its parentheses", "take the other arguments out")
        item, word = self._peek(1), self._peek(2)
        if item is None or word is None or item.kind != "name" or iskeyword(item.text) or not word.is_("in"):
            help = "write `for c in service.cases`"
            raise self._refuse(token, "after `for` come one name, `in` and a list", help)
        bracket.loop = "for"
        self.index += 2

    def _if(self, token: Token) -> None:
        bracket = self.open[-1] if self.open else None
        if bracket is None or not bracket.loop:
            raise self._no_if(token)
        if bracket.loop == "if":
            raise self._refuse(token, "one `if` is enough", "join the conditions with `and`", code="not-allowed")
        bracket.loop = "if"

    def _close(self, token: Token) -> None:
        if not self.open:
            raise self._refuse(token, f"`{token.text}` closes nothing", "leave it out, or open it before")
        opened = self.open.pop().token
        if _CLOSING[opened.text] != token.text:
            message = f"`{token.text}` cannot close `{opened.text}`"
            raise self._refuse(token, message, f"write `{_CLOSING[opened.text]}` here")

    def _side_by_side(self, left: Token, right: Token) -> RulesError:
        help = None
        after = self._peek(1)
        if right.text.upper() == "IS" and after is not None:
            help = "say `is not missing`" if after.text.upper() == "NOT" else "say `is missing`"
        else:
            for token in (right, left):
                if token.kind == "name" and help is None:
                    help = habits.WORDS.get(token.text.upper())
        message = f"an operator is missing between `{clip(left.text)}` and `{clip(right.text)}`"
        return self._refuse(right, message, help or "join them with an operator, such as `==`, `and`, `+`")

    def _peek(self, ahead: int) -> Token | None:
        index = self.index + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def _no_if(self, token: Token) -> RulesError:
        message = "`if` belongs after the list of a `for`"
        return self._refuse(token, message, habits.KEYWORDS["if"], code="not-allowed")

    def _refuse(self, token: Token, message: str, help: str | None = None, *, code: str = "syntax") -> RulesError:
        return refusal(self.written, (token.start, token.end), code, message, help)
