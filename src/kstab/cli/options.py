"""Options that several commands share: one name, one meaning, everywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kstab.cli.group import host
from kstab.conditions import GASES
from kstab.ions import CHARGES
from kstab.sources.columns import NAME, SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem

    from kstab.plugins import Host


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


class SchemeList(FormulaList):
    """Correction schemes separated by commas; which there are is the source's to say."""

    name = "SCHEME,..."


class Offered(click.ParamType[str]):
    """One of the names that kstab and its plugins offer.

    Args:
        names: Returns them from the plugins.
    """

    name = "name"

    def __init__(self, names: "Callable[[Host], Iterable[str]]") -> None:
        self._names = names

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the names, for the help."""
        return f"[{'|'.join(self._names(host(ctx)))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name."""
        return self._choice(ctx).convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Return the names that begin so."""
        return self._choice(ctx).shell_complete(ctx, param, incomplete)

    def _choice(self, ctx: click.Context | None) -> "click.Choice[str]":
        return click.Choice(list(self._names(host(ctx or click.get_current_context()))))


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
    help="Write to a file, whose ending names the format, as .json, .csv or .txt.",
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
    type=Offered(lambda host: host.writers),
    help="How to write the result.  [default: by the ending of --output, else terminal]",
)
scheme = click.option(
    "--scheme",
    metavar="SCHEME",
    help=f"Correction scheme of the computed energies: {', '.join(SCHEMES)}.  "
    f"[default: {SCHEMES[0]}]",
)
source = click.option(
    "--source",
    type=Offered(lambda host: host.sources),
    default=NAME,
    show_default=True,
    help="Where the energies are from: computed, measured, or those of a plugin.",
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
