"""Failures kept as cases: a file in YAML that `nba test` runs."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import yaml

SAVE = "NBA_SAVE"
"""The environment variable that names the folder to save failures in; the plugin's `--nba-save` sets it."""


def where_to_save(folder: str | os.PathLike[str] | None = None) -> Path | None:
    """The folder that is named, by the call or the environment; None when failures are not kept."""
    named = folder if folder is not None else os.environ.get(SAVE) or None
    return None if named is None else Path(named)


def save_case(folder: Path, text: str) -> Path:
    r"""Write a case into a file of its own, which is named for it; the same case again is the same file.

    >>> import tempfile
    >>> save_case(Path(tempfile.mkdtemp()), "cases:\n- name: Nobody is sold to twice!\n").name
    'nobody-is-sold-to-twice-....yaml'
    """
    [case] = yaml.safe_load(text)["cases"]
    words = re.sub(r"[^a-z0-9]+", "-", str(case["name"]).lower()).strip("-")[:60].strip("-") or "case"
    file = folder / f"{words}-{hashlib.sha256(text.encode()).hexdigest()[:6]}.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
