"""The assessment of an interface: an estimate for its electrolyte at a given step."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kstab import Formula
from kstab.context import Context
from kstab.errors import FormulaError, RequestError
from kstab.findings import Finding, Measurement
from kstab_space_charge import words
from kstab_space_charge.estimate import Estimate, estimate
from kstab_space_charge.of_phase import Case, case
from kstab_space_charge.validity import confidence

if TYPE_CHECKING:
    from kstab import InterfaceResult


def assess(result: "InterfaceResult", context: Context) -> Iterator[Finding]:
    """Yield one finding where a step is given, nothing otherwise."""
    if context.options.get("step") is None:
        return
    try:
        found = case(_electrolyte(result, context), context)
        layer = estimate(found.inputs)
    except (FormulaError, RequestError) as error:
        notes = (error.advice,) if error.advice else ()
        headline = f"No space charge is estimated. {error.problem}"
        yield Finding("not_applicable", "none", headline, notes=notes)
        return
    yield _finding(found, layer)


def _electrolyte(result: "InterfaceResult", context: Context) -> str:
    """The reactant that is asked for, or the first compound with the working ion.

    Raises:
        RequestError: The phase asked for is neither, or there is no such compound.
    """
    sides, wanted = (result.a, result.b), context.options.get("phase")
    if wanted:
        same = [side for side in sides if Formula.parse(side).key == Formula.parse(wanted).key]
        if not same:
            raise RequestError(
                f"{wanted} is no side of this interface.", f"Choose {' or '.join(sides)}."
            )
        return same[0]
    elements = {side: Formula.parse(side).elements for side in sides}
    compounds = [side for side in sides if context.ion in elements[side] and elements[side][1:]]
    if not compounds:
        raise RequestError("Neither side is a compound with the working ion.")
    return compounds[0]


def _finding(found: Case, layer: Estimate) -> Finding:
    return Finding(
        verdict=words.effect(found.inputs),
        confidence=confidence(layer.doubts),
        headline=words.headline(found.formula, layer),
        measurements=tuple(measurements(found, layer)),
        notes=words.notes(found, layer),
        references=words.REFERENCES[found.inputs.model],
    )


def measurements(found: Case, layer: Estimate) -> Iterator[Measurement]:
    """Yield the inputs and the numbers of an estimate."""
    inputs, sources, subject = found.inputs, found.sources, found.formula
    given = (
        ("potential step", inputs.step, "V", "given"),
        ("relative permittivity", inputs.permittivity, "", sources.permittivity),
        (f"site density of {found.ion}", inputs.site_density, "cm⁻³", sources.site_density),
        ("filling of the sites", inputs.filling, "", sources.filling),
        ("ionic conductivity", inputs.conductivity, "S/cm", sources.conductivity),
        ("temperature", inputs.temperature, "K", ""),
    )
    model = words.NAMES[inputs.model]
    results = (
        ("width", layer.width, "nm", model),
        ("charge", layer.charge, "µC/cm²", model),
        ("capacitance", layer.capacitance, "µF/cm²", model),
        ("excess resistance", layer.resistance, "Ω cm²", model),
        ("bulk of the same resistance", layer.equivalent, "nm", model),
        ("change of activation energy", layer.activation, "eV", model),
    )
    for quantity, value, unit, source in (*given, *results):
        if value is not None:
            yield Measurement(quantity, value, unit, subject=subject, source=source)
