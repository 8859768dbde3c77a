"""How the guarantees are examined: new rule sets and customers on each run, with a blob to have a failure again."""

from __future__ import annotations

import os
from importlib.util import find_spec

from hypothesis import HealthCheck, settings

from nba.testing.generation import AS_DRAWN

# Tables need the extra `batch`.
collect_ignore = [] if find_spec("pyarrow") else ["test_columns_decide_as_rows_do.py"]

# Seeds do not shrink: a failing question shrinks its own rules and customer (nba/testing/generation).
settings.register_profile(
    "guarantees",
    max_examples=int(os.environ.get("NBA_EXAMPLES", "30")),
    deadline=None,
    print_blob=True,
    phases=AS_DRAWN,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
