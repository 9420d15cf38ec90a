"""The page of an interface, and its kinks or regions as a table of plain cells."""

from collections.abc import Iterator
from typing import Any, Final

from kstab.analyses.interface.result import InterfaceResult, Kink
from kstab.report import findings
from kstab.report import page as pages
from kstab.report.interface import words
from kstab.report.interface.drawing import EnergyCurves, RegionMap
from kstab.report.tables import verdicts
from kstab.report.window.words import mixture, versus

_TONES: Final[dict[str, pages.Tone]] = {
    "reacts": "bad",
    "self_decomposition": "doubtful",
    "cannot_be_told_from_stable": "doubtful",
    "no_reaction": "good",
    "same_composition": "good",
}


def page(result: InterfaceResult, details: bool = False) -> pages.Blocks:
    """Return the page of an interface; with all that plugins say, or their headlines."""
    return (
        _title(result),
        pages.BLANK,
        pages.Answer(words.explanation(result)),
        *pages.conditions(result.provenance),
        *([pages.Paragraph(words.cathode(result))] if result.cathode else []),
        *map(pages.Paragraph, words.anodes(result)),
        *([pages.Paragraph(words.doubtful(result), "doubtful")] if words.doubtful(result) else []),
        pages.BLANK,
        _reactants(result),
        *_drawing(result),
        *_minima(result),
        *([pages.Paragraph(words.schemes(result))] if result.by_scheme else []),
        *_tables(result),
        *pages.section("Robustness", words.robustness(result)),
        *_charged(result),
        *findings.blocks(result.assessments, details=details),
        *pages.warnings(words.all_warnings(result)),
        *pages.foot(result.provenance, findings.owners(result.assessments)),
    )


def _title(result: InterfaceResult) -> pages.Title:
    name, tone = f"{result.a} | {result.b}", _TONES[result.verdict]
    return pages.Title(name, words.verdict(result), tone, words.condition(result))


def _reactants(result: InterfaceResult) -> pages.Table:
    both = result.reactant_a, result.reactant_b
    names = ("reactant", "energy taken", "above hull\nmeV/atom")
    columns = [pages.Column(name, breaks="anywhere") for name in names]
    rows = [pages.cells(each.formula, words.source(each), words.stability(each)) for each in both]
    if result.ion:
        columns.append(pages.Column(f"stability window\n{versus(result.ion)}"))
        rows = [
            (*row, pages.Cell(words.potential(each, result)))
            for row, each in zip(rows, both, strict=True)
        ]
    return pages.Table(tuple(columns), tuple(map(pages.Row, rows)))


def _has_kinks(result: InterfaceResult) -> bool:
    """Whether there is anything to draw and to tabulate."""
    return words.has_any(result) and result.verdict != "same_composition"


def _drawing(result: InterfaceResult) -> Iterator[pages.Block]:
    if _has_kinks(result):
        yield pages.BLANK
        yield RegionMap(result) if result.regions else EnergyCurves(result)


def _minima(result: InterfaceResult) -> Iterator[pages.Block]:
    if words.has_any(result):
        yield from (pages.BLANK, pages.facts(_lowest(result)))
        if words.has_reservoir(result):
            yield pages.Paragraph(words.metal_contact(result))


def _lowest(result: InterfaceResult) -> Iterator[tuple[str, str | pages.Cell]]:
    own, contact = words.has_own(result), words.has_contact(result)
    for name, kink, mutual in (
        ("Lowest total" if own else "Lowest energy", result.minimum_total, False),
        *([("Lowest mutual", result.minimum_mutual, True)] if own and contact else []),
    ):
        yield name, words.minimum(kink, result, mutual=mutual)
        yield "", pages.sum_of(kink.reaction)
    if own:
        yield "On their own", words.own(result)
    if result.reservoir and words.has_reservoir(result):
        yield f"Excess {result.ion}", words.reservoir(result.reservoir)
        yield "", pages.sum_of(result.reservoir.reaction)


def _tables(result: InterfaceResult) -> Iterator[pages.Block]:
    """The kinks: at one voltage, or at those of the two minima."""
    if not _has_kinks(result):
        return
    minima = {result.minimum_total.voltage, result.minimum_mutual.voltage}
    for voltage in sorted(minima, key=lambda v: v or 0.0):
        yield pages.BLANK
        if result.voltage_range:
            yield pages.Section(f"At {voltage or 0.0:.3f} V")
        yield _kinks(result, result.kinks_at(voltage))


def _kinks(result: InterfaceResult, kinks: tuple[Kink, ...]) -> pages.Table:
    own = words.has_own(result)
    bars = any(kink.energy_per_atom_sigma for kink in kinks)
    columns = (
        pages.number("x"),
        pages.number("molar", pages.WIDE),
        pages.number("mass", pages.WIDE),
        pages.number("total"),
        pages.number("±", pages.WIDE),
        pages.number("mutual"),
        pages.number("±", pages.WIDE),
        pages.Column("products, volume %", stretches=True),
    )
    lowest = (result.minimum_total, result.minimum_mutual)
    unknown = " No % where a volume is unknown." if words.lacks_volumes(kinks) else ""
    energies = f"Energies in {words.unit(result)}"
    table = pages.Table(
        columns=columns,
        rows=tuple(pages.Row(_cells(kink), strong=kink in lowest) for kink in kinks),
        caption=(
            f"x: fraction of {result.a}, by atoms, formula units and mass. "
            f"{energies}{', ±: standard deviation' if bars else ''}.{unknown}"
        ),
        short_caption=f"x: fraction of {result.a}, by atoms. {energies}.{unknown}",
    )
    return table.only((True, True, True, True, bars, own, bars and own, True))


def _cells(kink: Kink) -> tuple[pages.Cell, ...]:
    return pages.cells(
        *(words.fraction(each) for each in (kink.x_atomic, kink.x_molar, kink.x_mass)),
        words.meV(kink.headline_energy),
        words.meV(kink.headline_sigma or 0.0),
        words.meV(kink.mutual_headline_energy),
        words.meV(kink.mutual_headline_sigma or 0.0),
        pages.sum_of(words.shares(kink)),
    )


def _charged(result: InterfaceResult) -> Iterator[pages.Block]:
    charged = result.charged
    if charged is not None:
        yield from (pages.BLANK, pages.Section(words.charged_heading(result, charged)))
        yield pages.Paragraph(words.explanation(charged))
        yield from _minima(charged)
        yield from pages.section("Robustness", words.robustness(charged))


_SIDES: Final = ("a", "b", "ion", "scheme", "mode", "verdict")


def table(result: InterfaceResult) -> Iterator[list[Any]]:
    """Yield the kinks or, over a range, the regions as rows of plain cells, their names first."""
    rows = _region_rows if result.regions else _kink_rows
    return rows([result, *([result.charged] if result.charged else [])])


def _kink_rows(contacts: list[InterfaceResult]) -> Iterator[list[Any]]:
    names = (
        "x_atomic", "x_molar", "x_mass", "voltage", "energy_per_atom", "energy_per_atom_sigma",
        "mutual_energy_per_atom", "mutual_energy_per_atom_sigma",
        "energy_per_non_ion_atom", "mutual_energy_per_non_ion_atom", "energy_per_electron",
        "mutual_energy_per_electron", "energy_per_reaction", "mutual_energy_per_reaction",
        "ion_change", "reaction",
    )  # fmt: skip
    yield [*_SIDES, *names, "products", "gases", "assessments"]
    for contact in contacts:
        for kink in contact.kinks:
            own = [getattr(kink, name) for name in names]
            lists = [mixture(kink.products), " ".join(kink.gases), verdicts(contact.assessments)]
            yield [*_sides(contact), *own, *lists]


def _region_rows(contacts: list[InterfaceResult]) -> Iterator[list[Any]]:
    names = (
        "x_low", "x_high", "voltage_low", "voltage_high", "lowest_energy_per_non_ion_atom",
        "lowest_mutual_energy_per_non_ion_atom",
    )  # fmt: skip
    yield [*_SIDES, *names, "products", "assessments"]
    for contact in contacts:
        for region in contact.regions or ():
            own = [getattr(region, name) for name in names]
            yield [*_sides(contact), *own, words.formed(region), verdicts(contact.assessments)]


def _sides(result: InterfaceResult) -> list[Any]:
    return [getattr(result, name) for name in _SIDES]
