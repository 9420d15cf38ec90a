"""Entry points are those that the standard library finds."""

import sys
from importlib import metadata

import pytest

from kstab import entry_points


def as_library_has_them(group: str) -> list[tuple[str, str, str, str]]:
    found = metadata.entry_points(group=group)
    return sorted((e.name, e.value, e.dist.name, e.dist.version) for e in found)


def found(group: str) -> list[tuple[str, str, str, str]]:
    each = entry_points.installed(group)
    return sorted((e.name, e.value, e.distribution, e.version) for e in each)


@pytest.mark.parametrize("group", ["console_scripts", "pytest11", "hypothesis", "kstab", "nobody"])
def test_they_are_those_of_the_library(group):
    assert found(group) == as_library_has_them(group)
    assert group != "console_scripts" or len(found(group)) > 5


def distribution(folder, name="kstab_x", version="1.0", value="os.path:join"):
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not this one\n"
    (info / "METADATA").write_text(head, encoding="utf-8")
    text = f"[other]\nx = y\n\n# a remark\n[kstab-test]\nsecond = {value}\nfirst=os [extra]\n"
    (info / "entry_points.txt").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("archive", [False, True])
def test_the_first_on_the_path_hides_the_second(tmp_path, monkeypatch, archive):
    """With an archive on the path the library is asked, and says the same."""
    distribution(tmp_path / "a")
    distribution(tmp_path / "b", version="2.0", value="os.path:split")
    for folder in ("b", "a"):
        monkeypatch.syspath_prepend(tmp_path / folder)
    if archive:
        (tmp_path / "some.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "some.zip")])
    first, second = entry_points.installed("kstab-test")
    assert (first.name, first.version, second.version) == ("first", "1.0", "1.0")
    import os

    assert (first.load(), second.load()) == (os, os.path.join)
    assert found("kstab-test") == as_library_has_them("kstab-test")
