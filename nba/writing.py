"""Functions that are written when the rules are loaded: steps one after the other, where a loop takes twice the time.

What is written is only ever steps of this package's own; names, literals and functions from rules and schemas are
handed over as objects, and never stand in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any


def write(signature: str, lines: Iterable[str], names: Mapping[str, Any]) -> Callable[..., Any]:
    """The function of these lines, which may use these objects by these names.

    >>> write("twice(number)", ["return number * two"], {"two": 2})(21)
    42
    """
    space = dict(names)
    exec(_compiled(signature, tuple(lines)), space)  # noqa: S102 - see above
    function: Callable[..., Any] = space[signature.partition("(")[0]]
    return function


@lru_cache(maxsize=256)
def _compiled(signature: str, lines: tuple[str, ...]) -> CodeType:
    """Alike functions over other objects are compiled once."""
    return compile("\n    ".join([f"def {signature}:", *lines]), f"<{signature}>", "exec")
