"""Packs as they are written: the files of a folder, before anything is checked against anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from nba.documents.decoding import decode
from nba.documents.nodes import MappingNode
from nba.documents.pack import Action, Pack, Rule, Setting, Signal
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.loading import yaml_files


@dataclass
class WrittenPack:
    """A pack with the entries of all its files, by the short names that they have there."""

    name: str
    title: str = ""
    department: str = ""
    section: str | None = None
    settings: dict[str, Setting] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    @property
    def listens_to(self) -> list[str]:
        """The packs that rules name under `with:`."""
        return sorted({name for rule in self.rules for name in rule.with_})


def written_packs(paths: Iterable[str | PathLike[str]]) -> dict[str, WrittenPack]:
    """The packs in files and folders by name, sorted. A house and cases are passed over.

    Raises:
        RulesError: a file is no YAML, or not written as a pack is.

    >>> import nba
    >>> list(written_packs([nba.shipped("car-dealer")]))
    ['marketing', 'sales', 'service', 'workshop']
    """
    found: dict[str, WrittenPack] = {}
    for path in map(Path, paths):
        for file in yaml_files(path) if path.is_dir() else [path]:
            node = read(decode(file.name, file.read_bytes()))
            if isinstance(node, MappingNode) and node.get("pack") is not None:
                _merge(found, validate(node, Pack))
    for pack in found.values():
        pack.title = pack.title or pack.name.replace("_", " ").capitalize()
        pack.department = pack.department or pack.name
    return dict(sorted(found.items()))


def _merge(found: dict[str, WrittenPack], file: Pack) -> None:
    pack = found.setdefault(file.pack, WrittenPack(file.pack))
    pack.title = pack.title or file.title or ""
    pack.department = pack.department or file.department or ""
    pack.section = pack.section or (file.profile.section if file.profile else None)
    pack.settings |= file.settings
    pack.signals |= file.signals
    pack.actions |= file.actions
    pack.rules += file.rules
