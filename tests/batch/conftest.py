"""Tables need the extra `batch`; `decide_many` needs nothing."""

from __future__ import annotations

from importlib.util import find_spec

_THERE = all(find_spec(name) for name in ("numpy", "polars", "pyarrow"))
collect_ignore_glob = [] if _THERE else ["test_[!m]*.py"]
