"""nba: the next best action for the customer as a whole, with the reason for everything.

import nba
orchestrator = nba.load("rulesets/car-dealer")
decision = orchestrator.decide(profile, as_of="2026-11-22T09:00:00Z")
print(decision.explain())
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nba.shipped import shipped

if TYPE_CHECKING:
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
    from nba.schema.markers import confidential, ordered

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
    "confidential",
    "feature",
    "gate",
    "hookimpl",
    "load",
    "load_mapping",
    "ordered",
    "shipped",
]

# Where the rest lives. It is imported when it is asked for, so that `import nba` costs an application next to nothing.
_HOMES = {
    "Decision": "nba.decision",
    "ContextError": "nba.errors",
    "EngineError": "nba.errors",
    "Fault": "nba.errors",
    "InputError": "nba.errors",
    "MappingError": "nba.errors",
    "MissingExtraError": "nba.errors",
    "NbaError": "nba.errors",
    "PluginError": "nba.errors",
    "Problem": "nba.errors",
    "ProfileError": "nba.errors",
    "RulesError": "nba.errors",
    "load": "nba.loading",
    "load_mapping": "nba.mapping",
    "Orchestrator": "nba.orchestrator",
    "Block": "nba.plugins",
    "Offered": "nba.plugins",
    "feature": "nba.plugins",
    "gate": "nba.plugins",
    "hookimpl": "nba.plugins",
    "Context": "nba.profile",
    "Profile": "nba.profile",
    "confidential": "nba.schema.markers",
    "ordered": "nba.schema.markers",
}

if not TYPE_CHECKING:  # type checkers read the imports above, and know a misspelt name

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOMES})
