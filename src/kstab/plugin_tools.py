"""What plugins may use of kstab beside its hooks, from one place that stays.

The names are loaded when first used, so that importing this module costs nothing.

>>> from kstab.plugin_tools import CHARGES, default_ion
>>> CHARGES[default_ion(["Mg", "O"]).symbol]
2
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kstab.analyses.interface_results import ERROR_BAR, NOTHING, Kink, Reservoir
    from kstab.analyses.near_misses import NEAR
    from kstab.analyses.results import TELLING, Step
    from kstab.cli.options import scheme as scheme_option
    from kstab.cli.options import source as source_option
    from kstab.cli.output import plain_if_needed
    from kstab.conditions import ROOM, Conditions
    from kstab.elements import ALKALI_METALS
    from kstab.ions import CHARGES, default_ion
    from kstab.products import Product
    from kstab.provenance import provenance
    from kstab.report.parts import bullet, foot, plain_table
    from kstab.report.plot import BLUE, GREY, SIZE, STYLE, save, subscripted
    from kstab.sources.element_states import folder as measured_tables
    from kstab.units import MEV_PER_EV

_HOMES = {
    "ALKALI_METALS": "kstab.elements:ALKALI_METALS",
    "BLUE": "kstab.report.plot:BLUE",
    "CHARGES": "kstab.ions:CHARGES",
    "Conditions": "kstab.conditions:Conditions",
    "ERROR_BAR": "kstab.analyses.interface_results:ERROR_BAR",
    "GREY": "kstab.report.plot:GREY",
    "Kink": "kstab.analyses.interface_results:Kink",
    "MEV_PER_EV": "kstab.units:MEV_PER_EV",
    "NOTHING": "kstab.analyses.interface_results:NOTHING",
    "NEAR": "kstab.analyses.near_misses:NEAR",
    "Product": "kstab.products:Product",
    "ROOM": "kstab.conditions:ROOM",
    "Reservoir": "kstab.analyses.interface_results:Reservoir",
    "SIZE": "kstab.report.plot:SIZE",
    "STYLE": "kstab.report.plot:STYLE",
    "Step": "kstab.analyses.results:Step",
    "TELLING": "kstab.analyses.results:TELLING",
    "bullet": "kstab.report.parts:bullet",
    "default_ion": "kstab.ions:default_ion",
    "foot": "kstab.report.parts:foot",
    "measured_tables": "kstab.sources.element_states:folder",
    "plain_if_needed": "kstab.cli.output:plain_if_needed",
    "plain_table": "kstab.report.parts:plain_table",
    "provenance": "kstab.provenance:provenance",
    "save": "kstab.report.plot:save",
    "scheme_option": "kstab.cli.options:scheme",
    "source_option": "kstab.cli.options:source",
    "subscripted": "kstab.report.plot:subscripted",
}

__all__ = [
    "ALKALI_METALS",
    "BLUE",
    "CHARGES",
    "ERROR_BAR",
    "GREY",
    "MEV_PER_EV",
    "NEAR",
    "NOTHING",
    "ROOM",
    "SIZE",
    "STYLE",
    "TELLING",
    "Conditions",
    "Kink",
    "Product",
    "Reservoir",
    "Step",
    "bullet",
    "default_ion",
    "foot",
    "measured_tables",
    "plain_if_needed",
    "plain_table",
    "provenance",
    "save",
    "scheme_option",
    "source_option",
    "subscripted",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name].split(":")
    value = globals()[name] = getattr(import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
