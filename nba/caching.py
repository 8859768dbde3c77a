"""Checked rules, kept in a file: what has been loaded once need not be read and checked again while nothing changes.

A file is believed only when all that it was made from is the same: the bytes of every file, the plugins and what they
declare, the types of data, the versions of nba, Python and time zones. One that is damaged, foreign or of another time
is left aside with a reason in the log `nba.cache`, and written anew. It holds no code, and nothing in it is run; but
whoever can write it can change the rules, so it belongs where the rules are safe, too.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import BaseModel

from nba.documents.house import House
from nba.documents.nodes import Node
from nba.documents.pack import Pack
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import NbaError
from nba.plugins import Plugin
from nba.ruleset.fingerprint import shape_of, versions
from nba.ruleset.gathering import Document, File, Packs, Sources
from nba.ruleset.model import Ruleset
from nba.ruleset.shapes import data_types
from nba.ruleset.storing import Functions, NotStorable, restore, store
from nba.source import Source

FORMAT: Final = 2
_PARTS_A_LINE: Final = 1000
_log = logging.getLogger("nba.cache")


@dataclass(frozen=True)
class Asked:
    """What a load is asked for, and how to find out what it depends on.

    Attributes:
        names: what tells this load from others, such as its paths; its file is named by them.
        contents: a digest of the files there, or None when they cannot be read.
        bring: the plugins, given the names of those that the house wants.
        beside: how a document reads the files beside it: from the root of the rules, and its own file.
    """

    names: Sequence[str]
    contents: Callable[[], str | None]
    bring: Callable[[list[str]], list[Plugin]]
    beside: Callable[[Path, Path], Callable[[str], Source]]
    profile: type[BaseModel] | None = None
    context: type[BaseModel] | None = None


def through_cache(
    folder: Path, asked: Asked, load: Callable[[], tuple[Ruleset, Sources, tuple[Plugin, ...]]]
) -> Ruleset:
    """The rules that are kept in a folder, or else those that `load` gives, which are then kept there."""
    contents = asked.contents()
    if contents is None:
        return load()[0]
    file = folder / f"{_digest(asked.names)[:32]}.nba-rules"
    key = _digest([FORMAT, contents, versions(), sys.version_info[:3]])
    try:
        return _kept(file, key, asked)
    except FileNotFoundError:
        pass
    except (NotStorable, NbaError, OSError) as error:
        _log.info("%s is left aside: %s", file, error)
    ruleset, sources, plugins = load()
    if asked.contents() == contents:  # else a file has changed meanwhile, and nobody knows which was read
        _keep(file, key, ruleset, sources, plugins)
    return ruleset


def _kept(file: Path, key: str, asked: Asked) -> Ruleset:
    with file.open("rb") as lines:
        head = lines.readline(len(_head("")) + 64)
        if head != _head(hashlib.file_digest(lines, "sha256").hexdigest()):
            raise NotStorable("it is damaged, or no file of ours")
        lines.seek(len(head))
        return _believed(lines, key, asked)


def _believed(lines: BinaryIO, key: str, asked: Asked) -> Ruleset:
    """The rules in a file that is as it was written. Its parts are read line by line: all at once they fill memory."""
    try:
        about = json.loads(lines.readline())
        if about["key"] != key:
            raise NotStorable("the rules, nba or Python have changed since")
        plugins = tuple(asked.bring(about["wanted"]))
        if _described(plugins) != about["plugins"]:
            raise NotStorable("the plugins have changed since")
        if any(_digest(_text(Path(path))) != digest for path, digest in about["beside"].items()):
            raise NotStorable("a file beside the rules has changed since")
        sources = _sources(asked, *about["house"], packs=about["packs"])
        profile, context = data_types(sources, plugins, asked.profile, asked.context)
        if shape_of(profile, context) != about["shape"]:
            raise NotStorable("the types of the data have changed since")
        tables = json.loads(lines.readline())
        tables["parts"] = (part for line in lines for part in json.loads(line))
        return restore(tables, profile, context, _functions(plugins))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NotStorable(f"it cannot be read: {type(error).__name__}") from None


def _keep(file: Path, key: str, ruleset: Ruleset, sources: Sources, plugins: tuple[Plugin, ...]) -> None:
    """Write the rules, at once or not at all: other processes may read and write the same file."""
    house = sources.house
    try:
        about = {
            "key": key,
            "wanted": house.entry.packs or [],
            "plugins": _described(plugins),
            "beside": {path: _digest(text.encode()) for path, text in sorted(sources.read.items())},
            "house": _said(house.entry.model_dump(include={"house", "profile", "context"}, **_AS_WRITTEN), house.file),
            "packs": [
                _said({"pack": pack.name, "profile": of.model_dump(**_AS_WRITTEN)}, file)
                for pack in sources.merged().values()
                for of, file, _ in pack.sections
            ],
            "shape": shape_of(ruleset.profile, ruleset.context),
        }
        lines = _lines(about, store(ruleset, _functions(plugins)))
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as written:
            try:
                written.writelines([_head(_digest(b"".join(lines))), *lines])
                written.close()
                os.replace(written.name, file)
            except BaseException:
                Path(written.name).unlink(missing_ok=True)
                raise
    except (NotStorable, OSError) as error:
        _log.warning("the rules cannot be kept in %s: %s", file.parent, error)


def _lines(about: Mapping[str, Any], stored: Mapping[str, Any]) -> list[bytes]:
    """What a file says after its first line: what it was made from, the tables, and then some parts a line."""
    parts = stored["parts"]
    tables = {name: of for name, of in stored.items() if name != "parts"}
    some = (parts[first : first + _PARTS_A_LINE] for first in range(0, len(parts), _PARTS_A_LINE))
    return [json.dumps(of).encode() + b"\n" for of in (about, tables, *some)]


def _head(digest: str) -> bytes:
    return f"nba-rules {FORMAT} {digest}\n".encode()


def _digest(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return hashlib.sha256(data).hexdigest()


def _text(file: Path) -> bytes:
    return file.read_bytes().removeprefix(codecs.BOM_UTF8)


def _described(plugins: Iterable[Plugin]) -> list[Any]:
    """What has to be the same of plugins, but for the functions themselves."""
    return [
        [
            of.name,
            of.version,
            of.origin,
            [[spec.name, list(spec.reads), repr(spec.returns)] for spec in of.features],
            [[spec.name, list(spec.reads)] for spec in of.gates],
            [[path.name, _digest(path.read_bytes())] for root in of.packs for path in _files(root)],
        ]
        for of in plugins
    ]


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else [root]


def _functions(plugins: Iterable[Plugin]) -> Functions:
    found: dict[str, Callable[..., Any]] = {}
    for of in plugins:
        found |= {f"feature {of.name}.{spec.name}": spec.function for spec in of.features}
        found |= {f"gate {of.name}.{spec.name}": spec.function for spec in of.gates}
        if of.observer is not None:
            found[f"observer {of.name}"] = of.observer
    return found


_AS_WRITTEN: Final[dict[str, Any]] = {"by_alias": True, "exclude_none": True}


def _said(what: Mapping[str, Any], file: File) -> list[str]:
    """What a document says of the types of data: enough to find these again, without the rest of it."""
    return [json.dumps(what), str(file.root), str(file.path)]


def _sources(asked: Asked, *house: str, packs: Iterable[list[str]]) -> Sources:
    node, file = _document(asked, *house)
    sources = Sources(Packs(), Document(validate(node, House), file))
    for of in packs:
        node, file = _document(asked, *of)
        sources.packs.add(validate(node, Pack), node, file, None, "")
    return sources


def _document(asked: Asked, text: str, root: str, path: str) -> tuple[Node, File]:
    node = read(Source("<cache>", text))
    if node is None:
        raise NotStorable("a document in it is empty")
    return node, File(node.span.source, asked.beside(Path(root), Path(path)), Path(root), Path(path), node)
