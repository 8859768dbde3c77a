"""What a decision offers, by the words of selectors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import nba
from nba.decision import Decision

PACK = """
    pack: shop
    department: sales
    actions:
      upgrade: {tier: growth, channels: [email, phone], tags: [offer, big]}
      letter: {tier: adoption, channels: [post], tags: [offer]}
      visit: {tier: care}
    rules:
      - {id: all_of_them, when: true, propose: [upgrade, letter, visit], because: why not}
      - {id: no_mail, when: true, block: {channel: [email, post]}, because: no paper}
"""


@pytest.fixture
def decision(load: Callable[..., nba.Orchestrator]) -> Decision:
    """Of three proposals one is chosen, one waits, and one is blocked."""
    return load(PACK).decide({}, as_of="2026-01-01T09:00:00Z", limit=1)


def test_without_words_all_chosen_actions_are_named(decision: Decision) -> None:
    assert decision.offers() == ("shop.visit",)


def test_among_are_all_that_nothing_blocks_or_all_that_were_proposed(decision: Decision) -> None:
    assert decision.offers(among="unblocked") == ("shop.visit", "shop.upgrade")
    assert set(decision.offers(among="proposed")) == {"shop.visit", "shop.upgrade", "shop.letter"}


def test_keys_and_together_and_the_values_of_a_key_or(decision: Decision) -> None:
    assert decision.offers(tier=["growth", "care"], tag="big", among="proposed") == ("shop.upgrade",)
    assert decision.offers(tier="care", tag="offer", among="proposed") == ()
    assert decision.offers(department="sales", action="shop.visit") == ("shop.visit",)


def test_a_channel_is_one_that_is_left(decision: Decision) -> None:
    assert decision.offers(channel="email", among="unblocked") == ()
    assert decision.offers(channel="phone", among="unblocked") == ("shop.upgrade",)
    assert decision.offers(channel="email", among="proposed") == ("shop.upgrade",)
    assert decision.offers(channel="phone") == ()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"tier": "grwth"}, "nothing loaded has the tier `grwth`: did you mean `growth`?"),
        ({"tag": ["offer", "bigg"]}, "nothing loaded has the tag `bigg`: did you mean `big`?"),
        ({"channel": "fax"}, "nothing loaded has the channel `fax`"),
        ({"among": "all"}, "among should be"),
    ],
)
def test_a_word_that_nothing_has_is_refused_as_it_would_never_be_offered(
    decision: Decision, words: dict[str, str], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        decision.offers(**words)  # type: ignore[arg-type]  # what is tested
