"""A service that runs for months: many decisions, many reloads, no more memory."""

from __future__ import annotations

import sys

import pytest

from nba.matching.engines import why_no_durable
from tests.matching.raw import run, said

pytestmark = [
    pytest.mark.skipif(why_no_durable() is not None, reason=str(why_no_durable())),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, or needs what only glibc has"),
]

OURS = """
    import gc, tempfile
    from pathlib import Path
    import nba
    def load(folder, changed):
        def when(n): return f"value > {n + (changed if n == 50 else 0)} and lifecycle_stage != 'a{n}'"
        rules = "\\n".join(f"  - {{id: r{n}, when: {when(n)}, propose: greet, because: so}}" for n in range(100))
        Path(folder, "house.yaml").write_text("house: h\\ntimezone: UTC\\n")
        Path(folder, "pack.yaml").write_text("pack: p\\nactions: {greet: {title: t, tier: growth}}\\nrules:\\n" + rules)
        return nba.load(folder, matcher="durable")
    def decide(orchestrator, n):
        profile = {"value": n % 120, "lifecycle_stage": f"a{n % 90}"} if n % 7 else {"value": n % 120}
        return orchestrator.decide(profile, as_of="2026-11-22T09:00:00Z")
"""


@pytest.mark.slow
def test_300_000_decisions_keep_no_memory() -> None:
    program = """
        from nba.language.types import NUMBER
        from nba.matching import matcher_factory
        from tests.matching.layers import features_of, layer_of
        import nba, tempfile
        from pathlib import Path
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "house.yaml").write_text("house: h\\ntimezone: UTC\\n")
            Path(folder, "pack.yaml").write_text('''
                pack: p
                actions: {greet: {title: t, tier: growth}}
                rules:
                  - {id: one, when: value > 10 and lifecycle_stage == "new", propose: greet, because: so}
                  - {id: two, when: value > 90 or lifecycle_stage is missing, propose: greet, because: so}
                  - {id: no, when: value < 50, block: {action: greet}, because: so}
            ''')
            orchestrator = nba.load(folder, matcher="durable")
        profiles = [{"value": n, "lifecycle_stage": "new"} if n % 3 else {"value": n} for n in range(100)]
        def decide(times):
            for n in range(times):
                orchestrator.decide(profiles[n % 100], as_of="2026-11-22T09:00:00Z")
        decide(20_000)
        before = resident()
        decide(300_000)
        print(resident() - before)
    """
    assert float(said(program, seconds=300)) < 3


def test_the_library_leaks_rulesets_or_crashes_when_it_deletes_them() -> None:
    leaking = """
        import durable_rules_engine as engine
        def use(n):
            handle = create([{f"a{k}": n} for k in range(60)])
            ask(handle, {"a1": n})
            engine.delete_ruleset(handle)
        use(0)
        before = resident()
        for n in range(200): use(n)
        print(int(resident() - before))
    """
    assert int(said(leaking)) > 100, "deleting a ruleset deletes its state"
    crashing = """
        import durable_rules_engine as engine
        for n in range(50):
            handle = create([{f"a{k}": n} for k in range(60)])
            ask(handle, {"a1": n + 1})
            engine.delete_state(handle, "0")
    """
    done = run(crashing, MALLOC_PERTURB_="165")
    assert done.returncode < 0, "deleting a state that no rule has fired in works"


@pytest.mark.parametrize("changed", [False, True], ids=["the same", "one rule changed"])
def test_200_reloads_keep_no_memory(changed: bool) -> None:
    program = (
        OURS
        + f"""
    with tempfile.TemporaryDirectory() as folder:
        for n in range(220):
            orchestrator = load(folder, {int(changed)} * n)
            for k in range(5): decide(orchestrator, n * 5 + k)
            if n == 20:
                gc.collect()
                before = resident()
        gc.collect()
        print(resident() - before)
    """
    )
    # Freed memory is overwritten at once, so that a use of it would show.
    assert float(said(program, seconds=300, MALLOC_PERTURB_="165")) < 8
