"""nba: the next best action for the customer as a whole, with the reason for everything.

import nba
orchestrator = nba.load("rulesets/car-dealer")
decision = orchestrator.decide(profile, as_of="2026-11-22T09:00:00Z")
print(decision.explain())
"""

from __future__ import annotations

from nba.decision import Decision
from nba.errors import (
    ContextError,
    EngineError,
    Fault,
    InputError,
    MappingError,
    MissingExtraError,
    NbaError,
    PluginError,
    Problem,
    ProfileError,
    RulesError,
)
from nba.loading import load
from nba.mapping import load_mapping
from nba.orchestrator import Orchestrator
from nba.plugins import Block, Offered, feature, gate, hookimpl
from nba.profile import Context, Profile
from nba.schema.markers import ordered
from nba.shipped import shipped

__version__ = "0.1.0"

__all__ = [
    "Block",
    "Context",
    "ContextError",
    "Decision",
    "EngineError",
    "Fault",
    "InputError",
    "MappingError",
    "MissingExtraError",
    "NbaError",
    "Offered",
    "Orchestrator",
    "PluginError",
    "Problem",
    "Profile",
    "ProfileError",
    "RulesError",
    "feature",
    "gate",
    "hookimpl",
    "load",
    "load_mapping",
    "ordered",
    "shipped",
]
