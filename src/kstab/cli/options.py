"""Options that several commands share: one name, one meaning, everywhere."""

from pathlib import Path
from typing import Any

import click

from kstab.cli.output import FORMATS
from kstab.conditions import GASES
from kstab.ions import CHARGES
from kstab.sources.columns import MEASURED, NAME, SCHEMES


class VoltageRange(click.ParamType[tuple[float, float]]):
    """A voltage, or a range of voltages as ``LOW:HIGH``; V, never below the metal."""

    name = "V|V1:V2"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return the two ends."""
        if isinstance(value, tuple):
            return value
        try:
            ends = [float(part) for part in str(value).split(":")]
        except ValueError:
            self.fail(f"{value!r} is not a voltage or a range like 0:5.", param, ctx)
        if len(ends) > 2:
            self.fail(f"{value!r} is not a voltage or a range like 0:5.", param, ctx)
        return ends[0], ends[-1]


class ContactVoltage(VoltageRange):
    """A voltage, a range of voltages, or the word ``cathode``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the two ends, or the word."""
        if str(value).lower() == "cathode":
            return "cathode"
        return super().convert(value, param, ctx)


class FormulaList(click.ParamType[tuple[str, ...]]):
    """Formulas separated by commas."""

    name = "FORMULA,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the formulas, still as text."""
        if isinstance(value, tuple):
            return value
        return tuple(part.strip() for part in str(value).split(",") if part.strip())


class SchemeList(click.ParamType[tuple[str, ...]]):
    """Correction schemes separated by commas."""

    name = "SCHEME,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the schemes, all of them known."""
        if isinstance(value, tuple):
            return value
        names = tuple(part.strip() for part in str(value).split(",") if part.strip())
        for name in names or (str(value),):
            if name not in SCHEMES:
                self.fail(f"{name!r} is not one of {', '.join(SCHEMES)}.", param, ctx)
        return names


ion = click.option(
    "--ion",
    type=click.Choice(list(CHARGES)),
    help="Working ion. Default: the single alkali metal present, else the single one of Mg, "
    "Ca, Zn and Al, else K.",
)
voltage = click.option(
    "--voltage",
    type=VoltageRange(),
    help="Show only this range, such as 0:5, or voltage. Limits are never clipped.",
)
exclude = click.option(
    "--exclude",
    type=FormulaList(),
    multiple=True,
    help="Phases to leave out, such as KS3,S8O.",
)
output = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file. Without --format, .json and .csv name the format.",
)
plot = click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="Draw the result into a .png, .svg or .pdf file; may be repeated.",
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="terminal (default), json or csv.",
)
scheme = click.option(
    "--scheme",
    type=click.Choice(SCHEMES),
    help=f"Correction scheme of the computed energies.  [default: {SCHEMES[0]}]",
)
source = click.option(
    "--source",
    type=click.Choice([NAME, MEASURED]),
    default=NAME,
    show_default=True,
    help="Computed energies, or measured Gibbs energies of formation at 298.15 K.",
)
temperature = click.option(
    "--temperature",
    metavar="K",
    help="Temperature of the elements' free energies, such as 400 or 100C.  [default: 298.15 with "
    "--gas, else enthalpies at 298.15 K]",
)
gas = click.option(
    "--gas",
    multiple=True,
    metavar="GAS=BAR,...",
    help=f"Partial pressures, such as O2=0.21,H2=1e-6; of {', '.join(GASES)}. May be repeated. "
    "Other gases are at 1 bar.",
)
schemes = click.option(
    "--scheme",
    "schemes",
    type=SchemeList(),
    help=f"Correction scheme of the computed energies: {', '.join(SCHEMES)}. Of several, "
    "separated by commas, the first is used and the others are compared with; of one, all others "
    f"are.  [default: {SCHEMES[0]}]",
)
details = click.option(
    "--details",
    is_flag=True,
    help="Show the numbers, notes and references of plugins, not their headlines alone.",
)
samples = click.option(
    "--samples",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Draw all energies within their errors N times, such as 200, and say how robust the "
    "answer is.",
)
seed = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the samples."
)
