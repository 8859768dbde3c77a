"""What rule authors use: run cases, and check rules.

>>> import nba
>>> run_cases(nba.shipped("car-dealer"), nba.load(nba.shipped("car-dealer"))).passed
True
>>> check(nba.shipped("house")).problems
()
"""

from __future__ import annotations

from nba.authoring.checking import CheckReport, check
from nba.authoring.running import CaseReport, CaseResult, run_case, run_cases

__all__ = ["CaseReport", "CaseResult", "CheckReport", "check", "run_case", "run_cases"]
