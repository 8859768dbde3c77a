"""durable_rules as a rule engine, by its low-level calls, contained.

What durable_rules 2.0.28 does wrong cannot be met through here. It is sent small integers only (`coding.py`), under
generated names whose 32-bit hashes are proved apart (`names.py`), and asked formulas without not (`normal_form.py`) in
rulesets so small that no message can match too often (`matcher.py`). Each ruleset holds one message at a time, nothing
when the call is over, and is thrown away with all that is in it when a call does not end well (`ruleset.py`).
"""
