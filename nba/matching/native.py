"""The native engine: all conditions at once, in pure Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nba.language.values import FAILED, Value
from nba.matching.index import Index
from nba.matching.protocol import Match
from nba.ruleset.model import Layer

_LONG = 2000  # bits from which on to take them off one by one takes more than to write them all down


class NativeMatcher:
    """Matches the conditions of a layer by an index of each of some blocks of them.

    Whoever knows which conditions matter first gives the blocks: the numbers of conditions, in any order, each at least
    once. When nothing is said, one block has all.
    """

    def __init__(self, layer: Layer, blocks: Sequence[Sequence[int]] | None = None) -> None:
        self._numbers = [range(len(layer.conditions))] if blocks is None else blocks
        count = len(layer.features)
        self.blocks = [Index([layer.conditions[number] for number in of], count) for of in self._numbers]

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        failed = any(value is FAILED for value in features)
        true: set[int] = set()
        unknown: set[int] = set()
        for numbers, index in zip(self._numbers, self.blocks, strict=True):
            holding, doubtful = index.careful_truths(features) if failed else index.truths(features)
            true.update(numbers[place] for place in places(holding))
            unknown.update(numbers[place] for place in places(doubtful))
        return Match(true, unknown)


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set.

    >>> list(places(0b1010))
    [1, 3]
    """
    if bits.bit_length() > _LONG:
        text = bin(bits)
        at, last = text.rfind("1"), len(text) - 1
        while at >= 0:
            yield last - at
            at = text.rfind("1", 2, at)
        return
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
