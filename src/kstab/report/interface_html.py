"""Interfaces in a notebook: the answer, with the kinks or the regions as a table."""

from html import escape

from kstab.analyses.interface_results import InterfaceResult, Kink, Region
from kstab.report import assessments
from kstab.report import interface_words as words
from kstab.report.html import foot, table


def interface(result: InterfaceResult) -> str:
    """Return an interface as HTML: the answer and the kinks; over a range, the regions."""
    if result.regions:
        head: tuple[str, ...] = (
            "x", f"V vs {words.couple(result)}", "products",
            f"lowest mutual, {words.unit(result)}",
        )  # fmt: skip
        rows = [_region_cells(region) for region in result.regions]
    else:
        total = f"total, {words.unit(result)}"
        head = ("x", "molar", "mass", total, "mutual", "products", "reaction")
        rows = [_kink_cells(kink) for kink in result.kinks]
    title = f"{result.a} | {result.b}: {words.verdict(result)}."
    answer = words.explanation(result)
    charged = f"<p>Charged:</p>{interface(result.charged)}" if result.charged else ""
    return (
        f"<p><b>{escape(title)}</b> {escape(answer)}</p>{table(head, rows)}"
        f"{assessments.html(result.assessments)}"
        f"{foot(result.warnings, result.provenance, assessments.owners(result.assessments))}"
        f"{charged}"
    )


def _kink_cells(kink: Kink) -> tuple[str, ...]:
    return (
        f"{kink.x_atomic:.3f}",
        f"{kink.x_molar:.3f}",
        f"{kink.x_mass:.3f}",
        words.meV(kink.headline_energy),
        words.meV(kink.mutual_headline_energy),
        words.formed(kink),
        kink.reaction,
    )


def _region_cells(region: Region) -> tuple[str, ...]:
    return (
        f"{region.x_low:.3f} – {region.x_high:.3f}",
        f"{region.voltage_low:.3f} – {region.voltage_high:.3f}",
        " + ".join(product.formula for product in region.products),
        words.meV(region.lowest_mutual_energy_per_non_ion_atom),
    )
