"""The page of each pack in `docs/packs`, made from its YAML. `python -m tests.testing.pages` writes them."""

from __future__ import annotations

import nba
from nba.authoring.describe import describe
from nba.authoring.written import written_packs
from tests.pages import ROOT

PACKS = ("service", "sales", "marketing", "logistics", "billing", "workplace")
FOLDER = ROOT / "docs" / "packs"


def pages() -> dict[str, str]:
    """By file name, each page as it should be."""
    ruleset = nba.load(packs=PACKS).ruleset
    written = {
        name: written_packs([ROOT / "plugins" / f"nba-{name}" / f"nba_{name}" / "rules"])[name] for name in PACKS
    }
    return {f"{name}.md": describe(pack, ruleset) for name, pack in written.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
