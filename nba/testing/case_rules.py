"""Which rules the cases and tests of a pytest run are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nba.errors import EngineError, NbaError, did_you_mean
from nba.loading import load
from nba.matching import matcher_factory
from nba.orchestrator import Orchestrator
from nba.plugins import installed

HOW = (
    "say which rules: `nba_rules = PATH` or `nba_packs = NAME` in pytest's configuration, --nba-rules PATH or "
    "--nba-pack NAME on the command line, or keep the cases in the folder of their rules"
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Rules:
    """Folders and files of rules, and installed packs beside them."""

    paths: tuple[Path, ...] = ()
    packs: tuple[str, ...] = ()
    matcher: str = "native"

    def __bool__(self) -> bool:
        return bool(self.paths or self.packs)

    def complaint(self) -> str | None:
        """What is wrong with how they are named, or None; what is wrong in them shows when they load.

        >>> Rules(packs=("servise",)).complaint()[:44]
        'there is no installed pack `servise`: did yo'
        """
        for path in self.paths:
            if not path.exists():
                return f"there is no file or folder of rules `{path}`"
        known = installed()
        for pack in self.packs:
            found = _NAME.match(pack)
            name = found[0] if found else pack
            if name not in known:
                hint = did_you_mean(name, known) or f"installed are {', '.join(known) or 'none'}"
                return f"there is no installed pack `{name}`: {hint}"
        try:
            matcher_factory(self.matcher)
        except EngineError as error:
            return str(error)
        return None

    def load(self) -> Orchestrator:
        """The rules, loaded."""
        return load(*self.paths, packs=self.packs or None, matcher=self.matcher)


@dataclass
class Loader:
    """The rules of one pytest run: those that are configured, and what was loaded so far."""

    configured: Rules
    root: Path
    loaded: dict[Rules, Orchestrator | NbaError] = field(default_factory=dict)

    def load(self, rules: Rules) -> Orchestrator:
        """The rules, loaded once.

        Raises:
            NbaError: why they do not load; told in full once, and afterwards in a line.
        """
        if rules not in self.loaded:
            try:
                self.loaded[rules] = rules.load()
            except NbaError as error:
                self.loaded[rules] = NbaError(f"{str(error).splitlines()[0]} (more of it above)")
                raise
        found = self.loaded[rules]
        if isinstance(found, NbaError):
            raise found
        return found

    def rules_for(self, file: Path) -> Rules:
        """What the cases of a file are about: the configured rules, else those of the folder that it is in."""
        if self.configured:
            return self.configured
        folder = enclosing(file, self.root)
        return Rules((folder,) if folder else (), (), self.configured.matcher)


def enclosing(file: Path, root: Path) -> Path | None:
    """The rules folder that a file is in, up to `root`: the nearest with a house, else the nearest with a pack."""
    above = [folder for folder in file.parents if folder.is_relative_to(root)]
    return _nearest(above, "house") or _nearest(above, "pack")


def _nearest(folders: Sequence[Path], kind: str) -> Path | None:
    says = re.compile(rf"^{kind}:", re.MULTILINE)
    for folder in folders:
        for path in sorted(folder.iterdir()):
            is_yaml = path.suffix in (".yaml", ".yml") and path.is_file()
            if is_yaml and says.search(path.read_text(encoding="utf-8", errors="replace")):
                return folder
    return None
