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

PRELUDE = """
    import gc
    from nba.language.types import NUMBER, STRING
    from nba.matching import matcher_factory
    from tests.matching.layers import features_of, layer_of
    TYPES = {"value": NUMBER, "stage": STRING}
    def matcher_of(conditions):
        layer = layer_of(conditions, TYPES)
        asked = [{"value": n, "stage": f"a{n}"} if n % 7 else {"value": n} for n in range(100)]
        return matcher_factory("durable")(layer), [features_of(layer, of) for of in asked]
"""


def test_300_000_customers_keep_no_memory() -> None:
    program = (
        PRELUDE
        + """
    conditions = ["value > 10 and stage == 'a20'", "value > 90 or stage is missing", "value < 50 and stage != 'a9'"]
    matcher, customers = matcher_of(conditions)
    def match(times):
        for n in range(times): matcher.match(customers[n % 100])
    match(20_000)
    before = resident()
    match(300_000)
    print(resident() - before)
    """
    )
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
def test_60_reloads_keep_no_memory(changed: bool) -> None:
    program = (
        PRELUDE
        + f"""
    for n in range(70):
        limits = [k + (n * {int(changed)} if k == 50 else 0) for k in range(100)]
        matcher, customers = matcher_of(f"value > {{of}} and stage != 'a{{k}}'" for k, of in enumerate(limits))
        for of in customers[:5]: matcher.match(of)
        if n == 10:
            gc.collect()
            before = resident()
    gc.collect()
    print(resident() - before)
    """
    )
    # Freed memory is overwritten at once, so that a use of it would show.
    assert float(said(program, MALLOC_PERTURB_="165")) < 4
