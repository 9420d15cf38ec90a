"""What plugins may use of kstab beside its hooks, from one place that stays.

The names are loaded when first used, so that importing this module costs nothing.

>>> from kstab.plugin_tools import CHARGES, default_ion
>>> CHARGES[default_ion(["Mg", "O"]).symbol]
2
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kstab.analyses.interface.result import ERROR_BAR as ERROR_BAR
    from kstab.analyses.interface.result import NOTHING as NOTHING
    from kstab.analyses.interface.result import Kink as Kink
    from kstab.analyses.interface.result import Reservoir as Reservoir
    from kstab.analyses.window.near_misses import NEAR as NEAR
    from kstab.analyses.window.result import TELLING as TELLING
    from kstab.analyses.window.result import Step as Step
    from kstab.chemistry.conditions import ROOM as ROOM
    from kstab.chemistry.conditions import Conditions as Conditions
    from kstab.chemistry.ions import CHARGES as CHARGES
    from kstab.chemistry.ions import default_ion as default_ion
    from kstab.phases.notices import Notice as Notice
    from kstab.phases.products import Product as Product
    from kstab.phases.provenance import Provenance as Provenance
    from kstab.phases.provenance import provenance as provenance

_HOMES = {
    "kstab.analyses.interface.result": "ERROR_BAR Kink NOTHING Reservoir",
    "kstab.analyses.window.near_misses": "NEAR",
    "kstab.analyses.window.result": "Step TELLING",
    "kstab.cli.group": "assessed host",
    "kstab.cli.options": "details_option=details form_option=form ion_option=ion "
    "output_option=output plot_option=plot which_phases "
    "scheme_option=scheme source_option=source",
    "kstab.cli.output": "check_targets deliver",
    "kstab.chemistry.conditions": "Conditions ROOM",
    "kstab.chemistry.elements": "ALKALI_METALS",
    "kstab.chemistry.ions": "CHARGES default_ion",
    "kstab.phases.products": "Product",
    "kstab.phases.notices": "Notice",
    "kstab.phases.provenance": "Provenance provenance",
    "kstab.report.findings": "finding_blocks=blocks finding_owners=owners",
    "kstab.report.figure": "BLUE GREY SIZE STYLE save subscripted",
    "kstab.report.sheet": "Sheet",
    "kstab.sources.forms": "measured_tables=folder",
    "kstab.base.units": "MEV_PER_EV",
    "kstab.base.written": "plain",
}
"""Names by the module each is from; where it is called otherwise there, as ``name=other``."""

_TOOLS = {
    name.partition("=")[0]: (module, name.rpartition("=")[2])
    for module, names in _HOMES.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    if name not in _TOOLS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _TOOLS[name]
    value = globals()[name] = getattr(import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return sorted(_TOOLS)
