"""Run the command line: in this process, or in one of its own; 80 columns wide.

A process takes a third of a second to start, so only those tests start one that need it: for
signals, streams that break, the hash seed, what is imported, and plugins that are installed.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from io import BytesIO, TextIOWrapper
from tempfile import TemporaryFile
from unittest import mock

from kstab import cli

_OF_A_PROCESS = ("PYTHONHASHSEED", "PYTHONPATH")
_PRINTED = ("stdout", "stderr")


def run(*arguments, env=None, typed=""):
    """Run the command line here, with streams, an environment and plugins of its own."""
    environment = _environment(env or {})
    assert not set(_OF_A_PROCESS) & set(env or {}), "needs a process of its own"
    with ExitStack() as stack:
        streams = {name: _stream(stack, name, environment) for name in _PRINTED}
        stdin = TextIOWrapper(BytesIO(typed.encode()), encoding="utf-8")
        stack.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        own = {"stdin": stdin, **streams, "argv": ["kstab", *arguments]}
        stack.enter_context(mock.patch.multiple(sys, **own))
        code = _code()
        printed = {name: _content(streams[name]) for name in _PRINTED}
    return subprocess.CompletedProcess(arguments, code, **printed)


def process(*arguments, env=None, **options):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "kstab", *arguments],
        capture_output=True, text=True, encoding="utf-8", env=_environment(env or {}),
        timeout=300, **options,
    )  # fmt: skip


def drawn_twice(folder, *arguments):
    """The figures of a command in each format, drawn with one hash seed and with another."""
    drawn = []
    for seed in ("0", "1"):
        files = [folder / f"{seed}.{suffix}" for suffix in ("png", "svg", "pdf")]
        plots = [word for file in files for word in ("--plot", str(file))]
        done = process(*arguments, *plots, env={"PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
        drawn.append([file.read_bytes() for file in files])
    return drawn


def _environment(changes):
    kept = {name: value for name, value in os.environ.items() if name != "KSTAB_DISABLE_PLUGINS"}
    return {**kept, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **changes}


def _stream(stack, name, environment):
    """A file in place of a standard stream, since kstab asks for its number and its encoding."""
    errors = "backslashreplace" if name == "stderr" else "strict"
    encoding = environment["PYTHONIOENCODING"]
    return stack.enter_context(TemporaryFile("w+", encoding=encoding, errors=errors))


def _code():
    try:
        cli.main()
    except SystemExit as end:
        return end.code


def _content(stream):
    stream.seek(0)
    return stream.read()
