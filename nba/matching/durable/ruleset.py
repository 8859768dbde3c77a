"""A ruleset in the library: asked with one message at a time, empty between two, given back when no longer used."""

from __future__ import annotations

import json
import string
import weakref
from collections.abc import Callable, Mapping

import durable_rules_engine as engine

from nba.errors import EngineError

_COPIES = 4  # that are kept; when more threads ask at once, more are made for as long as that lasts
_MATCHED, _NOT_MATCHED = 0, 1
_NAMES = string.ascii_letters + string.digits  # of rules: as many as a ruleset may have, and one more
_NAME = 2  # where it stands in what comes back: {"a":{"m":...
_WARM_UP, _WARMED = ',"warm":1', -1
_RETRACTED = '{"sid":"0","id":"m"}'  # the library asks no more of a message than whose it is


class Ruleset:
    """Some rules, in as many copies as have been asked at the same moment.

    A copy in use is in nobody else's hands, so there is no lock to wait for, to forget, or to be forked with. One that
    raises, or is interrupted, never comes back: whatever is left in it goes with it.

    `rules` are conditions by number, in durable_rules' JSON over whole numbers, in fields named by `field_names`.
    """

    def __init__(self, rules: Mapping[int, Mapping[str, object]]) -> None:
        asked = {**rules, _WARMED: {"warm": 1}}
        self._numbers = dict(zip(_NAMES[: len(asked)], asked, strict=True))
        definition = {name: {"all": [{"m": asked[number]}]} for name, number in self._numbers.items()}
        self._definition = json.dumps(definition, separators=(",", ":"))
        self._free = [self._make()]

    def fire(self, fields: str, tell: Callable[[int], object]) -> None:
        """Tell which rules fire for a message of these fields (JSON, each after a comma), by number, in no order.

        A rule that holds in several ways at once (an `$or` whose branches both hold) is told as often.
        """
        try:
            copy = self._free.pop()
        except IndexError:
            copy = self._make()
        copy.ask(fields, tell)
        if len(self._free) < _COPIES:
            self._free.append(copy)

    def _make(self) -> _Copy:
        try:
            copy = _Copy(engine.create_ruleset("nba", self._definition), self._numbers)
        except engine.error as error:
            raise EngineError(f"durable_rules does not take these conditions: {error}") from error
        warmed: list[int] = []
        copy.ask(_WARM_UP, warmed.append)
        if warmed != [_WARMED]:
            raise EngineError("durable_rules does not match a message that it should")
        # delete_state frees two pointers that nothing sets until a first rule has fired: hence the warm-up.
        weakref.finalize(copy, _delete, copy.handle).atexit = False
        return copy


class _Copy:
    """A ruleset of the library by its handle, with the numbers of its rules by their names."""

    def __init__(self, handle: int, numbers: Mapping[str, int]) -> None:
        self.handle, self._numbers = handle, numbers

    def ask(self, fields: str, tell: Callable[[int], object]) -> None:
        """Assert, drain, retract: nothing of the message is left when it returns."""
        handle, numbers, complete = self.handle, self._numbers, engine.complete_and_start_action
        try:
            status, state = engine.assert_fact(handle, f'{{"sid":"0","id":"m"{fields}}}')
            if status == _NOT_MATCHED:  # and not kept
                return
            if status != _MATCHED:
                raise EngineError(f"durable_rules answered {status} to a message; the next decision starts afresh")
            started = engine.start_action_for_state(handle, state)
            action = started[1] if started else None
            while action:
                tell(numbers[action[_NAME]])
                action = complete(handle, state)
            engine.retract_fact(handle, _RETRACTED)
        except engine.error as error:
            raise EngineError(f"durable_rules failed ({error}); the next decision starts afresh") from error


def _delete(handle: int) -> None:
    engine.delete_state(handle, "0")
    engine.delete_ruleset(handle)
