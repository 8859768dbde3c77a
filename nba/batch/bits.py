"""Truths of many rows, packed: a bit a row. The bits behind the last row mean nothing.

A truth is a pair: where it *must* hold, which is where it is true, and where it *may* hold, which is where it is true
or unknown. So and, or and not of truths are ands, ors and nots of bits.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nba.batch.columns import ALL, Array, Bools

Bits: TypeAlias = NDArray[np.uint8]
Truth: TypeAlias = tuple[Bits, Bits]
"""Where it must hold, and where it may hold; one and the same array where nothing is unknown."""

ZERO: Bits = np.zeros(1, dtype=np.uint8)
ONES: Bits = np.full(1, 255, dtype=np.uint8)


def pack(mask: Bools) -> Bits:
    """A mask as bits. A mask of one entry is for all rows.

    >>> pack(np.array([True, False, True])), pack(np.array([True]))
    (array([5], dtype=uint8), array([255], dtype=uint8))
    """
    if len(mask) == 1:
        return ONES if mask[0] else ZERO
    return np.packbits(mask, bitorder="little")


def unpack(bits: Bits, rows: int) -> NDArray[np.uint8]:
    """Bits as zeros and ones, one a row."""
    if len(bits) == 1 and rows > 8:
        bits = np.broadcast_to(bits, (rows + 7) // 8)
    return np.unpackbits(bits, count=rows, bitorder="little")


def places(bits: Bits, rows: int) -> Array:
    """The rows whose bit is set, in order."""
    if not bits.any():
        return _NOWHERE
    return np.flatnonzero(unpack(bits, rows).view(np.bool_))  # of truths: nonzero of numbers is ten times slower


def holds(bits: Bits, rows: Array) -> Bools:
    """Whether the bits of some rows are set."""
    if len(bits) == 1:
        bits = np.broadcast_to(bits, int(rows.max()) // 8 + 1 if len(rows) else 1)
    found: Bools = (bits[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1 != 0
    return found


def truth(true: Bools, known: Bools) -> Truth:
    """The truth of a mask that is known in some rows, and true nowhere else."""
    must = pack(true)
    return (must, must) if known is ALL else (must, must | ~pack(known))


_NOWHERE = np.zeros(0, dtype=np.int64)
