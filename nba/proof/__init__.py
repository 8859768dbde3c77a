"""Proofs about rules, for every profile at once: the extra `proof`, which brings the solver z3.

An `Encoder` gives the truth of a condition as terms of the solver; `ask` says whether something can be for any profile
at all; `witness` makes a plain profile of the answer.
"""

from __future__ import annotations

from nba.errors import MissingExtraError

try:
    import z3  # noqa: F401 - whether it is there
except ImportError:
    raise MissingExtraError("a proof", "proof") from None

from nba.proof.analyse import analyse
from nba.proof.analysing.findings import Analysis, Issue
from nba.proof.asking import Answer, ask
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.findings import Finding, Proof
from nba.proof.prove import prove
from nba.proof.same import Sameness, same
from nba.proof.shrink import shrink
from nba.proof.witness import Witness, witness

__all__ = [
    "Analysis",
    "Answer",
    "Deciding",
    "Encoder",
    "Finding",
    "Issue",
    "Proof",
    "Sameness",
    "Witness",
    "analyse",
    "ask",
    "prove",
    "same",
    "shrink",
    "witness",
]
