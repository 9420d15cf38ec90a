"""Plugins in the command line: what they print is dropped, and who never answers is given up.

Only here, since standard output and the time of a process belong to the program, and as a
library kstab is not the program.
"""

import io
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, Final

from kstab.errors import KstabError
from kstab.plugins import Host, Plugin, described, load

PATIENCE: Final = 20.0
"""Seconds after which an assessment is given up."""


class _Dropped(io.StringIO):
    """Takes the place of standard output, and looks like it to a page that is made meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._stands_for = sys.stdout

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stands_for.encoding

    def isatty(self) -> bool:
        return self._stands_for.isatty()


class QuietHost(Host):
    """The plugins of the command line."""

    def call(self, function: Callable[[], Any], plugin: Plugin) -> Any:
        """Return what a function of a plugin returns; what it prints goes nowhere."""
        if plugin.own:
            return function()
        with redirect_stdout(_Dropped()):
            return super().call(function, plugin)

    def ask(self, function: Callable[[], Any], plugin: Plugin) -> Any:
        """Return what an assessment says; without an answer in time it is at fault."""
        return self.call(partial(_in_time, function, plugin), plugin)


def quiet_host(files: tuple[Path, ...], *, installed: bool) -> Host:
    """Return the plugins that are found, those that could not be loaded among them."""
    with redirect_stdout(_Dropped()):
        return load(files, installed=installed, strict=False, kind=QuietHost)


def _in_time(function: Callable[[], Any], plugin: Plugin) -> Any:
    """What a function returns in a thread, which cannot be stopped, only left behind."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(function())
        except KstabError as error:
            answers.append(error)
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a plugin, too
            answers.append(plugin.fault(described(error)))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    answer = answers[0] if answers else plugin.fault(f"no answer within {PATIENCE:g} s")
    if isinstance(answer, KstabError):
        raise answer
    return answer
