"""For whoever tests rules and packs with Python: `conformance`, the test kit that every pack passes.

Cases in YAML need none of it: see `nba.authoring`.
"""
