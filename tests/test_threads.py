"""One orchestrator for all threads: the same decisions as alone, and no memory kept. In full: benchmarks/threads.py."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

import nba
from tests.benchmarks.threads import AS_OF, CONTEXT, DEALER, THREADS, alone, dealer_profiles, together

pytestmark = pytest.mark.no_cover  # much work through few lines: coverage would only make it slow


@pytest.fixture(autouse=True)
def eager_switching() -> Iterator[None]:
    """Threads take turns hundreds of times more often than by default, so that they meet in the middle of things."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_eight_threads_decide_what_one_decides() -> None:
    profiles = dealer_profiles()
    answers = alone(nba.load(DEALER), profiles, CONTEXT)
    assert len(set(answers.texts)) == len(profiles) > 300
    assert {outcome for outcome, *_ in answers.glances} == {"action", "nothing_proposed", "all_blocked"}
    # An orchestrator that no thread has used, so that the first use is a race as well.
    run = together(nba.load(DEALER), profiles, CONTEXT, answers, 16_000, every=100)
    assert run.wrong == []
    assert run.decisions == 16_000
    assert run.rendered >= 160


def test_eight_threads_agree_on_features_of_plugins() -> None:
    names = ["sales", "service"]
    for name in names:
        pytest.importorskip(f"nba_{name}", reason="the packs of the plugins are distributions of their own")
    marketing = {"granted": True, "channels": {"phone": True, "email": True}}
    profiles = [
        {
            "id": f"C-{number}",
            "timezone": "Europe/Helsinki",
            "consents": {"marketing": marketing},
            "service": {
                "satisfaction": 1 + number % 5,
                "cases": [
                    {
                        "id": f"K{of}",
                        "status": "open" if number % 3 else "resolved",
                        "severity": "high",
                        "reopenings": of,
                    }
                    for of in range(number % 4)
                ],
            },
            "sales": {
                "holdings": [{"id": f"H{of}", "category": f"family {of}", "value": 100} for of in range(number % 5)],
                "opportunities": [{"id": "O1", "kind": "upsell", "value": 1000 + number}],
            },
        }
        for number in range(120)
    ]
    answers = alone(nba.load(packs=names), profiles, None)
    run = together(nba.load(packs=names), profiles, None, answers, 4_000, every=20)
    assert run.wrong == []
    assert run.rendered >= 200


def test_one_decision_may_be_asked_by_many_threads_at_once() -> None:
    profiles = dealer_profiles()[:40]
    orchestrator = nba.load(DEALER)
    answers = alone(orchestrator, profiles, CONTEXT)
    for profile, text in zip(profiles, answers.texts, strict=True):
        decision = orchestrator.decide(profile, as_of=AS_OF, context=CONTEXT, limit=3)
        start = threading.Barrier(THREADS)
        found: list[str] = []

        def ask(decision: nba.Decision = decision, start: threading.Barrier = start, found: list[str] = found) -> None:
            start.wait()
            found.append(decision.to_json())

        askers = [threading.Thread(target=ask) for _ in range(THREADS)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert found == [text] * THREADS


def test_decisions_that_nobody_keeps_leave_no_memory_behind() -> None:
    profiles = dealer_profiles()
    orchestrator = nba.load(DEALER)
    answers = alone(orchestrator, profiles, CONTEXT)
    blocks = []
    for _ in range(3):
        assert together(orchestrator, profiles, CONTEXT, answers, 800, every=20).wrong == []
        gc.collect()
        blocks.append(sys.getallocatedblocks())
    # A decision has more than a hundred blocks: one kept of a hundred would show.
    assert blocks[2] - blocks[1] < 500, blocks
