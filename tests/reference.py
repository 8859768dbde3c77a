"""The whole pipeline by its definition: every expression evaluated as it stands, every step taken at once.

It is `nba`'s own plain pipeline, with the reference evaluator wherever the product has made something ready.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any
from unittest.mock import patch

import nba
from nba.language import tree
from nba.language.meaning import Environment, evaluate
from nba.ruleset.model import Ruleset
from nba.testing.engines import ReferenceMatcher


def reference(ruleset: Ruleset) -> nba.Orchestrator:
    """An orchestrator that decides by definition, and says that it is the native one."""

    def interpret(node: tree.Node) -> Callable[[Environment], Any]:
        return partial(evaluate, node)

    with ExitStack() as stack:
        for module in ("facts", "orchestrator", "proposing", "screening.gates"):
            stack.enter_context(patch(f"nba.{module}.compile_node", interpret))
        return nba.Orchestrator(ruleset, "native", ReferenceMatcher, "ignore")
