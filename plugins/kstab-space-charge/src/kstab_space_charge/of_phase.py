"""From a phase and what the user says of it to the inputs of an estimate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kstab import Formula
from kstab.context import Context, PhaseFacts
from kstab.errors import RequestError
from kstab.plugin_tools import CHARGES
from kstab_space_charge.constants import PER_CUBIC_ANGSTROM, PER_CUBIC_CENTIMETRE
from kstab_space_charge.inputs import FILLING, MODELS, Inputs

ASSUMED: Final = "assumed"
"""Source of a filling that nobody gave."""


@dataclass(frozen=True)
class Sources:
    """Where the inputs are from, in a few words each.

    Attributes:
        permittivity: Of the relative permittivity.
        site_density: Of the site density.
        filling: Of the filling.
        conductivity: Of the conductivity; empty without one.
    """

    permittivity: str
    site_density: str
    filling: str
    conductivity: str


@dataclass(frozen=True)
class Case:
    """A phase with all that an estimate needs.

    Attributes:
        formula: The phase, as typed.
        ion: Its mobile ion.
        inputs: What the estimate takes.
        sources: Where that is from.
        metallic: Whether the data has no band gap of it, by PBE.
    """

    formula: str
    ion: str
    inputs: Inputs
    sources: Sources
    metallic: bool = False


def case(formula: str, context: Context) -> Case:
    """Return the inputs for a phase: the options of the context, the rest from the phase.

    Args:
        formula: The phase.
        context: Data, working ion, temperature and the options of the assessment.

    Raises:
        FormulaError: The formula cannot be read.
        RequestError: It is an element or has no mobile ion, or something is neither given
            nor known of the phase.
    """
    options, ion = context.options, context.ion
    read = Formula.parse(formula)
    if not read.elements[1:]:
        raise RequestError(f"{formula} is an element, not an electrolyte.", "Name a compound.")
    if ion is None or not read[ion]:
        raise RequestError(
            f"{formula} has no {ion or 'working ion'} that could be its mobile ion.",
            "Name the mobile ion with --ion.",
        )
    facts = context.phase(formula)
    model = options.get("model") or MODELS[0]
    permittivity, permittivity_source = _permittivity(formula, facts, options)
    density, density_source = _site_density(formula, ion, facts, options)
    filling, filling_source = _filling(model, options)
    inputs = Inputs(
        step=float(options["step"]),
        permittivity=permittivity,
        site_density=density,
        filling=filling,
        charge_number=CHARGES[ion],
        temperature=context.temperature,
        conductivity=options.get("conductivity"),
        model=model,
    )
    conductivity_source = "" if inputs.conductivity is None else "given"
    sources = Sources(permittivity_source, density_source, filling_source, conductivity_source)
    return Case(formula, ion, inputs, sources, facts is not None and facts.band_gap == 0.0)


def _permittivity(
    formula: str, facts: PhaseFacts | None, options: Mapping[str, Any]
) -> tuple[float, str]:
    if options.get("permittivity") is not None:
        return float(options["permittivity"]), "given"
    if facts is None or facts.dielectric_total is None:
        raise RequestError(
            f"The data has no static dielectric constant of {formula}.",
            "Give the relative permittivity, such as 10, with --permittivity "
            "(of an interface: --space-charge-permittivity).",
        )
    return facts.dielectric_total, "computed, of the phase"


def _site_density(
    formula: str, ion: str, facts: PhaseFacts | None, options: Mapping[str, Any]
) -> tuple[float, str]:
    if options.get("site-density") is not None:
        return float(options["site-density"]), "given"
    if facts is None or facts.volume is None:
        raise RequestError(
            f"The data has no volume of {formula}.",
            f"Give the density of sites of {ion}, such as 1e22 cm⁻³, with --site-density "
            "(of an interface: --space-charge-site-density).",
        )
    amount = float(Formula.parse(facts.formula)[ion])
    density = amount / facts.volume * PER_CUBIC_ANGSTROM / PER_CUBIC_CENTIMETRE
    return density, f"{amount:g} {ion} in {facts.volume:.1f} Å³"


def _filling(model: str, options: Mapping[str, Any]) -> tuple[float, str]:
    if options.get("filling") is not None:
        return float(options["filling"]), "given"
    if model == MODELS[0]:
        return FILLING, ASSUMED
    return 1.0, "assumed: all ions are mobile"
