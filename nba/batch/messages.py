"""The messages of tasks on columns, as they are written row by row."""

from __future__ import annotations

import numpy as np

from nba.batch.columns import Array
from nba.batch.constants import plain
from nba.batch.evaluate import Rows
from nba.batch.scores import Failed
from nba.language import tree
from nba.language.texts import Template, show_value

_LARGE = 1e15  # from here on a float is not written as a whole number is, and a column knows them as floats


def messages(message: Template, rows: Rows, told: Array, failed: Failed) -> list[str]:
    """The message to each of some rows; just one where it is the same for all of them.

    Where it cannot be written as row by row, the row has failed.
    """
    if not message.nodes:
        return ["".join(map(str, message.parts))]
    which = told.tolist()
    parts: list[list[str]] = []
    for part in message.parts:
        if isinstance(part, str):
            parts.append([part] * len(which))
            continue
        values = plain(rows.column(part), tree.type_of(part), which)
        large = [isinstance(of, float) and abs(of) >= _LARGE and of.is_integer() for of in values]
        if any(large):
            failed(np.isin(np.arange(rows.count), told[np.array(large)]))
        parts.append([show_value(of) for of in values])
    return ["".join(of) for of in zip(*parts, strict=True)]
