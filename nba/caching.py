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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from nba.documents.house import House
from nba.documents.pack import Pack
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import NbaError
from nba.plugins import Plugin
from nba.ruleset.fingerprint import shape_of, versions
from nba.ruleset.gathering import Document, Sources
from nba.ruleset.model import Ruleset
from nba.ruleset.shapes import data_types
from nba.ruleset.storing import Functions, NotStorable, restore, store
from nba.source import Source

FORMAT: Final = 1
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
    head, _, rest = file.read_bytes().partition(b"\n")
    if head != _head(rest):
        raise NotStorable("it is damaged, or no file of ours")
    first, _, last = rest.partition(b"\n")
    try:
        about = json.loads(first)
        if about["key"] != key:
            raise NotStorable("the rules, nba or Python have changed since")
        plugins = tuple(asked.bring(about["wanted"]))
        if _described(plugins) != about["plugins"]:
            raise NotStorable("the plugins have changed since")
        if any(_digest(_text(Path(path))) != digest for path, digest in about["beside"].items()):
            raise NotStorable("a file beside the rules has changed since")
        documents = [_document(asked, *of) for of in about["documents"]]
        house: Document[Any] = documents[0]
        sources = Sources(tuple((of, None, "") for of in documents[1:]), house)
        profile, context = data_types(sources, plugins, asked.profile, asked.context)
        if shape_of(profile, context) != about["shape"]:
            raise NotStorable("the types of the data have changed since")
        return restore(json.loads(last), profile, context, _functions(plugins))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NotStorable(f"it cannot be read: {type(error).__name__}") from None


def _keep(file: Path, key: str, ruleset: Ruleset, sources: Sources, plugins: tuple[Plugin, ...]) -> None:
    """Write the rules, at once or not at all: other processes may read and write the same file."""
    house = sources.house
    typed = [document for document, _, _ in sources.packs if document.entry.profile is not None]
    try:
        about = {
            "key": key,
            "wanted": house.entry.packs or [],
            "plugins": _described(plugins),
            "beside": {path: _digest(text.encode()) for path, text in sorted(sources.read.items())},
            "documents": [_types_of(house, "house", "context"), *(_types_of(of, "pack") for of in typed)],
            "shape": shape_of(ruleset.profile, ruleset.context),
        }
        rest = b"\n".join(json.dumps(of).encode() for of in (about, store(ruleset, _functions(plugins))))
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as written:
            try:
                written.write(_head(rest) + b"\n" + rest)
                written.close()
                os.replace(written.name, file)
            except BaseException:
                Path(written.name).unlink(missing_ok=True)
                raise
    except (NotStorable, OSError) as error:
        _log.warning("the rules cannot be kept in %s: %s", file.parent, error)


def _head(rest: bytes) -> bytes:
    return f"nba-rules {FORMAT} {_digest(rest)}".encode()


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


def _types_of(document: Document[Any], *keys: str) -> list[str]:
    """What of a document says the types of data: enough to find these again, without the rest of it."""
    said = document.entry.model_dump(include={*keys, "profile"}, by_alias=True, exclude_none=True)
    return [json.dumps(said), str(document.root), str(document.file)]


def _document(asked: Asked, text: str, root: str, file: str) -> Document[Any]:
    node = read(Source("<cache>", text))
    if node is None:
        raise NotStorable("a document in it is empty")
    model = House if "house" in json.loads(text) else Pack
    at = Path(root), Path(file)
    return Document(validate(node, model), node, asked.beside(*at), *at)
