"""What to know of a result because of its temperature, its gases, or gaps in its data."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kstab.chemistry.composition import Formula, writing_order
from kstab.chemistry.conditions import Conditions, ElementState
from kstab.phases.notices import Notice
from kstab.phases.products import Product, gases
from kstab.phases.table import PhaseTable

if TYPE_CHECKING:  # these notices belong to either
    from kstab.analyses.interface.result import InterfaceResult
    from kstab.analyses.window.result import WindowResult

_PERMANENT = ("H", "N", "O", "F", "Cl")  # gases at 298.15 K and 1 bar
_NAMED = 5  # missing phases that are named; the rest is counted


def of_window(result: "WindowResult", table: PhaseTable) -> Iterator[Notice]:
    """Yield what concerns a window."""
    formula = Formula.parse(result.formula)
    yield from missing_measured([formula], {*formula.elements, result.ion}, table)
    for name, side, step, at in (
        ("Oxidation", "above", result.oxidation_step, result.oxidation_limit),
        ("Reduction", "below", result.reduction_step, result.reduction_limit),
    ):
        if step is not None and at is not None and step.gases:
            released = " and ".join(step.gases)
            yield Notice(
                "releases_gas", f"{name} {side} {at:.3f} V releases {released}{_uncounted(table)}."
            )
    yield from of_elements({*formula.elements, result.ion}, result.ion, table)


def of_interface(result: "InterfaceResult", table: PhaseTable) -> Iterator[Notice]:
    """Yield what concerns an interface."""
    formulas = [Formula.parse(name) for name in dict.fromkeys((result.a, result.b))]
    elements = {symbol for formula in formulas for symbol in formula.elements}
    elements |= {result.ion} if result.ion else set()
    yield from missing_measured(formulas, elements, table)
    brought = gases(Product(formula.text, 1.0, "") for formula in formulas)
    released = [gas for gas in result.minimum_total.gases if gas not in brought]
    if released and result.verdict not in ("no_reaction", "same_composition"):
        yield Notice(
            "releases_gas",
            f"The reaction of lowest energy releases {' and '.join(released)}{_uncounted(table)}.",
        )
    yield from of_elements(elements, result.ion, table)


def _uncounted(table: PhaseTable) -> str:
    """What is said of a gas where its entropy is not counted."""
    return "" if table.conditions else ", whose entropy is not counted here"


def missing_measured(
    asked: Iterable[Formula], elements: Iterable[str], table: PhaseTable
) -> Iterator[Notice]:
    """Yield a notice if a table lacks phases that another one knows to be stable.

    Args:
        asked: The phases in question, which are named first.
        elements: The chemical system.
        table: The table, with the other one as ``expected``.
    """
    other = table.expected
    if other is None:
        return
    own = [formula.text for formula in asked if _unknown(formula, table)]
    if own:
        yield Notice(
            "missing_measured",
            f"No {_measured(table)} of formation of {' and '.join(own)} is in {table.name}, so "
            "nothing measured says how stable it is.",
        )
    known = set(other.elements())
    rows = other.rows_within(known.intersection(elements), all_phases=False)
    names = sorted(
        (other.formulas[row] for row in rows.tolist()), key=lambda name: (len(name), name)
    )
    gaps = [name for name in names if _unknown(Formula.parse(name), table)]
    if gaps:
        more = f" and {len(gaps) - _NAMED} more" if len(gaps) > _NAMED else ""
        system = "-".join(writing_order(set(elements)))
        are = "is" if len(gaps) == 1 else "are"
        yield Notice(
            "missing_measured",
            f"For want of a measured {_measured(table)}, {len(gaps)} of the {len(names)} phases of "
            f"{system} that are stable in {other.name} (scheme {other.scheme}) {are} left out: "
            f"{', '.join(gaps[:_NAMED])}{more}. The window may be too wide, a reaction missed.",
        )


def _measured(table: PhaseTable) -> str:
    return "Gibbs energy" if table.conditions else "enthalpy"


def _unknown(formula: Formula, table: PhaseTable) -> bool:
    """Whether a table has no such phase, and had none before some were left out."""
    return table.find(formula) is None and not table.has_left_out(formula)


def of_elements(elements: Iterable[str], ion: str | None, table: PhaseTable) -> Iterator[Notice]:
    """Yield what temperature and gases make of the elements, and what is left out.

    Args:
        elements: The chemical system.
        ion: The working ion, if there is one.
        table: Where the energies come from.
    """
    if table.conditions is None:
        return
    present = set(elements)
    for state in table.states:
        if state.symbol in present:
            yield from _of_state(state, ion, table.conditions)


def _of_state(state: ElementState, ion: str | None, conditions: Conditions) -> Iterator[Notice]:
    temperature = conditions.temperature
    if state.symbol == ion and state.form != "solid":
        yield Notice(
            "liquid_reference",
            f"{ion} is {state.form} at {temperature:g} K: voltages are against {state.form} {ion}."
            if state.form == "liquid"
            else f"{ion} boils below {temperature:g} K: voltages are against {state.form}.",
        )
    elif state.form.endswith("gas") and state.symbol not in _PERMANENT:
        gas = state.form.split()[0]
        given = next((each for each in conditions.gases if each.gas == gas), None)
        level = f"with {given.pressure:g} bar of {gas}" if given else f"at 1 bar, mostly {gas}"
        yield Notice(
            "vapour",
            f"At {temperature:g} K {state.symbol} is a vapour, {level}: {state.symbol} among the "
            "products is that vapour.",
        )
