"""The rule language: text, to syntax tree, to checked tree, to value.

`parse` reads a text, `check` gives its names a meaning and its parts types, `meaning` defines what the result is worth,
and `compiled` computes the same fast.
"""
