"""`nba packs`: what is installed, and whether it works."""

from __future__ import annotations

import json
from typing import Any

from nba.cli import inputs
from nba.cli.output import CLEAN, FINDINGS, Format, complain, out_json, say, show, table
from nba.errors import NbaError, PluginError
from nba.loading import load_rules
from nba.matching import available
from nba.plugins import Plugin, installed, load_installed
from nba.ruleset.model import Ruleset


def packs(format: inputs.Output = Format.text) -> int:
    """List the installed packs with what they bring, and the rule engines."""
    plugins, errors = _plugins()
    ruleset: Ruleset | None = None
    if plugins:
        try:
            ruleset = load_rules(packs=[plugin.name for plugin in plugins]).built.ruleset
        except NbaError as error:
            errors["rules"] = str(error)
    engines = available()
    if format is Format.json:
        listed = [_plain(plugin, ruleset) for plugin in plugins]
        out_json(
            json.dumps({"packs": listed, "matchers": dict(engines), "errors": errors}, ensure_ascii=False, indent=2)
        )
    else:
        if plugins:
            rows = [_row(_plain(plugin, ruleset)) for plugin in plugins]
            columns = ("pack", "from", "rules", "actions", "sections", "features", "gates")
            show(table("Installed packs", columns, rows, styles=("bold",)))
        elif not errors:
            say("No packs are installed. A folder of YAML needs none: nba decide --rules PATH")
        states = [[name, f"cannot be used: {why}" if why else "ready"] for name, why in engines.items()]
        show(table("Rule engines", ("engine", "state"), states, styles=("bold",)))
    for message in errors.values():
        complain(message)
    return FINDINGS if errors else CLEAN


def _plugins() -> tuple[list[Plugin], dict[str, str]]:
    """The plugins that work, and what is wrong with the others, by name."""
    found: list[Plugin] = []
    errors: dict[str, str] = {}
    try:
        names = list(installed())
    except PluginError as error:
        return [], {"plugins": str(error)}
    for name in names:
        try:
            found += load_installed([name])
        except PluginError as error:
            errors[name] = str(error)
    return found, errors


def _plain(plugin: Plugin, ruleset: Ruleset | None) -> dict[str, Any]:
    """A plugin as plain data. `rules` and `actions` are counted over the packs that it brings."""
    prefix = f"{plugin.name}."
    rules = actions = None
    if ruleset is not None:
        own = {of.name for of in ruleset.packs if of.origin == plugin.origin}
        rules = sum(of.kind == "rule" and of.id.partition(".")[0] in own for of in ruleset.statements)
        actions = sum(of.pack in own for of in ruleset.actions.values())
    return {
        "name": plugin.name,
        "version": plugin.version,
        "origin": plugin.origin,
        "rules": rules,
        "actions": actions,
        "sections": sorted(plugin.sections),
        "features": [prefix + of.name for of in plugin.features],
        "gates": [prefix + of.name for of in plugin.gates],
    }


def _row(of: dict[str, Any]) -> list[object]:
    counts = ["?" if of[key] is None else of[key] for key in ("rules", "actions")]
    return [
        of["name"],
        of["origin"],
        *counts,
        *(", ".join(of[key]) or "-" for key in ("sections", "features", "gates")),
    ]
