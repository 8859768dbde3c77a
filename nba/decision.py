"""What a caller gets back: the chosen actions, and what became of everyone else, with reasons on demand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nba.explanation.account import Account
from nba.explanation.case import to_case
from nba.explanation.decided import Decided
from nba.explanation.departments import DepartmentView, for_department
from nba.explanation.matrix import Matrix, matrix
from nba.explanation.offering import Among, Words, offered
from nba.explanation.overview import explain, explanation
from nba.explanation.sight import sight_of
from nba.explanation.why_not import WhyNot, why_not
from nba.results import DecisionError, as_json


class Decision(Decided):
    """A decision for one customer as a whole. Immutable; what is not asked for is not computed.

    Every candidate is in exactly one of `actions`, `blocked` and `outranked`, and every rule that would have proposed
    but for missing data is in `undecided`.
    """

    def copy(self, errors: Sequence[DecisionError] = ()) -> Decision:
        """The same decision, with these errors as well."""
        return Decision(self._trace.with_faults(errors), self._chosen)

    def offers(
        self,
        *,
        tier: Words = None,
        department: Words = None,
        action: Words = None,
        tag: Words = None,
        channel: Words = None,
        among: Among = "chosen",
    ) -> tuple[str, ...]:
        """The names of the actions that selectors pick, with the words of YAML: keys and together, values of one or.

        Args:
            tier: one word or several, as are the others.
            department: whose action it is.
            action: its id.
            tag: one that it has.
            channel: the chosen channel; with `among`, one that is left, or one that it has.
            among: the `chosen` actions, all `unblocked` candidates whatever the limit, or all that were `proposed`.

        Raises:
            ValueError: nothing loaded has a word, so that it would never be offered.

        >>> import nba
        >>> dealer = nba.load(nba.shipped("car-dealer"))
        >>> broken = {"service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}
        >>> dealer.decide(broken, as_of="2026-11-22T09:00:00Z").offers(tier="recovery", channel=["phone", "email"])
        ('service.call_back',)
        """
        words = {"tier": tier, "department": department, "action": action, "tag": tag, "channel": channel}
        return offered(self._trace, among, **words)

    def to_dict(self) -> dict[str, Any]:
        """The decision as plain data that JSON can carry."""
        plain: dict[str, Any] = json.loads(as_json(self.record()))
        return plain

    def to_json(self, indent: int | None = None) -> str:
        """The decision as JSON; truths are true, false, and null for unknown."""
        return as_json(self.record(), indent=indent)

    def explain(self) -> str:
        """The decision in words: what is done and why; what waits, for whom and until when; and what is not known.

        It is for the house, which sees everything; a department's own is `for_department`. Of many that come after the
        chosen ones, or want the same data, it tells the first and how many more there are: all are in `outranked` and
        `undecided`, and `why_not` tells of each.
        """
        return explain(self._seen_by())

    def explanation(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry, with what was seen of each condition, scores and places."""
        return explanation(self._seen_by())

    def why_not(self, action: str, department: str | None = None) -> WhyNot:
        """Why an action was not chosen (or why it was), by its id or, for one item, as `sales.renew_lease[L-88]`.

        With a `department`, as far as it may see that: confidential facts are shown to their own department only.

        Raises:
            ValueError: there is no such action or department.
        """
        return why_not(self._seen_by(department), action)

    def for_department(self, name: str) -> DepartmentView:
        """The decision as a department sees it: its proposals, what it held back of others, and what it is asked to do.

        Nothing in it is confidential to others. The house (`house`) sees everything.

        Raises:
            ValueError: there is no such department.
        """
        return for_department(self._seen_by(name))

    def matrix(self, department: str | None = None) -> Matrix:
        """By department: what it proposed, what happened, and who decided; with a `department`, as far as it may see.

        Raises:
            ValueError: there is no such department.
        """
        return matrix(self._seen_by(department))

    def to_case(self, name: str | None = None, expect: Mapping[str, Any] | None = None) -> str:
        """The YAML text of a case that expects this very decision, to be tested ever after; or what `expect` says."""
        return to_case(self._seen_by(), name, expect)

    def _seen_by(self, department: str | None = None) -> Account:
        # Not kept: it would keep the decision, and the two of them would wait for the collector.
        sight = None if department is None else sight_of(self._trace.ruleset, department)
        return Account(self, self._trace, self._lifts, sight)

    def __repr__(self) -> str:
        chosen = ", ".join(of.screened.candidate.name for of in self._chosen)
        return f"<Decision {self.outcome}{': ' + chosen if chosen else ''}>"
