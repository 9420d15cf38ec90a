"""Find the entry points of installed distributions, without importing the e-mail parser.

The library for this, ``importlib.metadata``, reads all of every distribution and imports
``email`` for it, which costs more than the window of a phase. Here the folders on the path are
scanned for the one group that is asked for; where a distribution may be elsewhere (in a zip
file, or with another finder), the library is asked.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class EntryPoint:
    """An object that a distribution offers under a name.

    Attributes:
        name: The name.
        value: Where the object is, as ``module`` or ``module:object``.
        distribution: Name of the distribution.
        version: Its version.
    """

    name: str
    value: str
    distribution: str
    version: str

    def load(self) -> Any:
        """Import and return the object.

        Raises:
            Exception: Whatever the import raises.
        """
        module, _, path = self.value.partition("[")[0].strip().partition(":")
        found: Any = import_module(module.strip())
        for attribute in filter(None, path.strip().split(".")):
            found = getattr(found, attribute)
        return found


def installed(group: str) -> list[EntryPoint]:
    """Return the entry points of a group, by their names.

    >>> [entry for entry in installed("kstab") if entry.name == "no such plugin"]
    []
    """
    found = _of_library(group) if _elsewhere() else _of_folders(group)
    return sorted(found, key=lambda entry: (entry.name, entry.value))


def _elsewhere() -> bool:
    """Whether a distribution may be where a folder on the path does not show it."""
    finders = [each for each in sys.meta_path if hasattr(each, "find_distributions")]
    return finders != [PathFinder] or any(Path(path).is_file() for path in sys.path)


def _of_library(group: str) -> Iterator[EntryPoint]:
    from importlib import metadata

    for entry in metadata.entry_points(group=group):
        name, version = (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
        yield EntryPoint(entry.name, entry.value, name, version)


def _of_folders(group: str) -> Iterator[EntryPoint]:
    seen = set()
    for folder in dict.fromkeys(path or os.curdir for path in sys.path):
        for info in _distributions(folder):
            # One on the path hides later ones of its name, as in the library.
            name = info.name.split("-")[0].lower().replace(".", "_")
            if name not in seen:
                seen.add(name)
                yield from _read(info, group)


def _distributions(folder: str) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError:  # a path that is not there
        return
    for name in names:
        if name.endswith((".dist-info", ".egg-info")):
            yield Path(folder, name)


def _read(info: Path, group: str) -> Iterator[EntryPoint]:
    heading = f"[{group}]"
    text = _text(info, "entry_points.txt")
    if heading not in text:
        return
    owner = _owner(info)
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section == heading and "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            yield EntryPoint(name.strip(), value.strip(), *owner)


def _owner(info: Path) -> tuple[str, str]:
    """Name and version of a distribution."""
    head: dict[str, str] = {}
    for line in (_text(info, "METADATA") or _text(info, "PKG-INFO")).splitlines():
        key, colon, value = line.partition(": ")
        if not colon:  # the description begins
            break
        head.setdefault(key, value.strip())
    return head.get("Name", info.name.split("-")[0]), head.get("Version", "")


def _text(info: Path, name: str) -> str:
    try:
        return (info / name).read_text(encoding="utf-8")
    except OSError:
        return ""
