"""kstab: thermodynamic stability windows and interfaces of solid electrolytes.

>>> import kstab
>>> kstab.window("K3PS4").verdict
'stable'

The names below are loaded when first used, so that ``import kstab`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kstab.version import __version__

if TYPE_CHECKING:
    from kstab.analyses.interface.result import InterfaceResult
    from kstab.analyses.result import Result
    from kstab.analyses.system.result import SystemResult
    from kstab.analyses.window.result import WindowResult
    from kstab.api import interface, phase_table, system, window, windows
    from kstab.chemistry.composition import Formula
    from kstab.errors import KstabError
    from kstab.phases.table import PhaseTable
    from kstab.reading import read
    from kstab.report.references import cite
    from kstab.sources.entries import entries_from_table
    from kstab.sources.question import Question

_HOMES = {
    "window": "kstab.api",
    "windows": "kstab.api",
    "interface": "kstab.api",
    "system": "kstab.api",
    "phase_table": "kstab.api",
    "entries_from_table": "kstab.sources.entries",
    "read": "kstab.reading",
    "cite": "kstab.report.references",
    "Formula": "kstab.chemistry.composition",
    "PhaseTable": "kstab.phases.table",
    "Question": "kstab.sources.question",
    "Result": "kstab.analyses.result",
    "WindowResult": "kstab.analyses.window.result",
    "SystemResult": "kstab.analyses.system.result",
    "InterfaceResult": "kstab.analyses.interface.result",
    "KstabError": "kstab.errors",
}

__all__ = [
    "Formula",
    "InterfaceResult",
    "KstabError",
    "PhaseTable",
    "Question",
    "Result",
    "SystemResult",
    "WindowResult",
    "__version__",
    "cite",
    "entries_from_table",
    "interface",
    "phase_table",
    "read",
    "system",
    "window",
    "windows",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kstab' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
