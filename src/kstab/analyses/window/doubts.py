"""What a window result should be doubted for, each doubt one notice."""

from collections.abc import Iterable, Iterator, Sequence

from kstab.analyses import condition_doubts
from kstab.analyses.window.result import Step, WindowResult
from kstab.analyses.window.staircase import Target
from kstab.chemistry.composition import Formula
from kstab.chemistry.formula_text import other_readings
from kstab.chemistry.ions import CHARGES
from kstab.phases.dilute import is_dilute
from kstab.phases.notices import Notice, flag_notices
from kstab.phases.products import Product, phases_of
from kstab.phases.table import PhaseTable

_MOLECULAR = (
    ("C", "N", "cyanide or thiocyanate"),
    ("B", "H", "hydridoborate"),
    ("N", "H", "amide, imide or ammonium"),
    ("C", "H", "organic"),
)
"""Pairs of elements that stay bonded in a molecular ion, and what such ions are called."""


def may_break(formula: Formula) -> bool:
    """Whether a composition has the elements of a molecular ion."""
    return any(formula[first] and formula[second] for first, second, _ in _MOLECULAR)


def broken_anion(target: Target, steps: Sequence[Step]) -> str | None:
    """Return the kind of molecular ion that the hull mixture would break up, if any."""
    mixture = next((step for step in steps if step.ion_change == 0), None)
    if mixture is None:
        mixture = min(steps, key=lambda step: abs(step.ion_change))
    return broken_ion(target.formula, mixture.products)


def broken_ion(whole: Formula, formed: Iterable[Product]) -> str | None:
    """Return the kind of molecular ion of a phase that its products break up, if any.

    An ion counts as kept where every product with its first element also has the
    second, in the ratio of the composition or of one part of an adduct.
    """
    products = [Formula.parse(product.formula) for product in formed]
    parts = [Formula.parse(part) for part in whole.text.split("·")]
    for first, second, name in _MOLECULAR:
        kept = [(part[first], part[second]) for part in (whole, *parts) if part[first]]
        if (
            whole[first]
            and whole[second]
            and any(
                product[first]
                and not any(product[first] * b == product[second] * a for a, b in kept)
                for product in products
            )
        ):
            return name
    return None


def notices(
    result: WindowResult, target: Target, table: PhaseTable, broken: str | None
) -> tuple[Notice, ...]:
    """Return everything there is to doubt about a result, the gravest first.

    Args:
        result: The result so far.
        target: The phase in question.
        table: Where the energies come from.
        broken: Kind of molecular ion the hull mixture breaks up, if any.
    """
    return (
        *of_formula(target.formula, target.row, table),
        *condition_doubts.of_window(result, table),
        *_broken(result, broken),
        *_ion_absent(result, target),
        *_flags(result, target, table),
        *_minor(result),
        *_ties(result),
    )


def of_formula(formula: Formula, row: int | None, table: PhaseTable) -> Iterator[Notice]:
    """Yield what concerns a formula as typed.

    A text may read as two formulas, where the data do not spell the one read; and the phase may
    have been taken out of the table on request.
    """
    spelt = row is not None and table.formulas[row] == formula.text
    for reading in () if spelt else other_readings(formula.text):
        other = Formula.parse(reading)
        if other.key != formula.key and table.find(other) is not None:
            read = ", ".join(f"{symbol} {float(n):g}" for symbol, n in formula.amounts)
            yield Notice(
                "other_reading",
                f"{formula} was read as {read}. If you meant {reading}, type it so.",
            )
            break
    if row is None and table.has_left_out(formula):
        why = (
            "is a computed dilute solution, which takes part with --keep-dilute alone"
            if is_dilute(formula)
            else "was left out on request"
        )
        yield Notice(
            "left_out",
            f"{formula} is in {table.name} but {why}; it is treated as a composition that is not "
            "in the data.",
        )


def _broken(result: WindowResult, broken: str | None) -> Iterator[Notice]:
    if not broken:
        return
    unlike = f"breaks up its molecular ions ({broken}), which in practice stay whole"
    if result.verdict == "not_in_data":
        so = "No verdict; the steps show where full decomposition would lead."
    else:
        so = "Its energy above hull and its limits say little about such a phase."
    yield Notice("broken_anion", f"The equilibrium mixture of this composition {unlike}. {so}")


def _ion_absent(result: WindowResult, target: Target) -> Iterator[Notice]:
    if not target.ions:
        frozen = [symbol for symbol in target.formula.elements if symbol in CHARGES]
        staying = f" Its {' and '.join(frozen)} cannot leave in this picture." if frozen else ""
        yield Notice(
            "ion_absent",
            f"{result.formula} holds no {result.ion}, the working ion here: it can take "
            f"{result.ion} up but has none to give off.{staying} --ion names another one.",
        )


def _flags(result: WindowResult, target: Target, table: PhaseTable) -> Iterator[Notice]:
    """Flags of the phase itself and of the products that set its limits."""
    if target.row is not None:
        own = phases_of(table)[target.row].flags
        yield from flag_notices([(result.formula, own)], "{}")
    products = (
        (product.formula, product.flags) for step in _decisive(result) for product in step.products
    )
    # The id of a product does not move a voltage; its energy does.
    yield from flag_notices(products, "The answer depends on {}", but="uncertain_id")


def _decisive(result: WindowResult) -> list[Step]:
    """The steps an answer hangs on: at the limits, or beside no exchange, and in between."""
    below = [step for step in result.steps if step.ion_change > 0][-1:]
    above = [step for step in result.steps if step.ion_change < 0][:1]
    between = [step for step in result.steps if step.ion_change == 0]
    return [*below, *([] if result.window_kind == "own" else between), *above]


def _minor(result: WindowResult) -> Iterator[Notice]:
    """A limit that a small part of the phase sets, as a dopant's minor phase does."""
    below = [step for step in reversed(result.steps) if step.ion_change > 0]
    above = [step for step in result.steps if step.ion_change < 0]
    for name, outward, step in (
        ("reduction", below, result.reduction_step),
        ("oxidation", above, result.oxidation_step),
    ):
        if step is None or not step.minor or step.ion_share is None:
            continue
        major = next((other for other in outward if not other.minor), None)
        edge = major and (major.voltage_high if name == "reduction" else major.voltage_low)
        without = "" if edge is None else f" Without the minor steps it would be {edge:.3f} V."
        yield Notice(
            f"minor_{name}",
            f"The {name} limit is set by a minor step that exchanges {step.ion_share:.1%} of the "
            f"{result.ion} content.{without}",
        )


def _ties(result: WindowResult) -> Iterator[Notice]:
    tied = [step for step in result.steps if step.tied_products]
    for step in tied[:1]:
        others = " + ".join(product.formula for product in step.tied_products)
        yield Notice(
            "tied_products",
            f"From {step.voltage_low:.3f} V the products are tied with {others} (the energies "
            f"differ by less than 1e-8 eV/atom); {len(tied)} step(s) concerned.",
        )
