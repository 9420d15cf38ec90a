"""Options that several commands share: one name, one meaning, everywhere."""

import re
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kstab.base.units import MEV_PER_EV
from kstab.chemistry.ions import CHARGES
from kstab.cli.group import host
from kstab.errors import RequestError
from kstab.sources.columns import NAME, SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from click.shell_completion import CompletionItem

    from kstab.plugins import Host
    from kstab.sources.question import Question


class ReadAs(click.ParamType[Any]):
    """What a function reads from a text; its ValueError says what is wrong with that.

    Args:
        name: What the help calls it.
        read: The function.
    """

    def __init__(self, name: str, read: "Callable[[str], Any]") -> None:
        self.name, self._read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what was read."""
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _voltages(text: str) -> tuple[float, float]:
    """The two ends, V, of a voltage or a range ``LOW:HIGH``."""
    try:
        low, high = map(float, text.split(":") if ":" in text else (text, text))
    except ValueError:
        raise ValueError(f"{text!r} is not a voltage or a range like 0:5.") from None
    return low, high


def _height(text: str) -> tuple[str, float]:
    """The formula, empty for the phase asked for, and eV/atom, of ``[FORMULA=]25meV``."""
    formula, _, height = text.rpartition("=")
    found = re.fullmatch(
        r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?) ?(meV|eV)", height.strip()
    )
    if not found:
        raise ValueError(f"{text!r} is no energy with its unit, like 25meV or 0.025eV.")
    return formula.strip(), float(found[1]) / (MEV_PER_EV if found[2] == "meV" else 1.0)


def _polymorph(text: str) -> tuple[str, str]:
    """The formula and the identifier of ``FORMULA=ID``."""
    formula, _, identifier = map(str.strip, text.partition("="))
    if not formula or not identifier:
        raise ValueError(f"{text!r} is not like K2S=mp-1022.")
    return formula, identifier


CONTACT_VOLTAGE: Final = ReadAs(
    "V|V1:V2", lambda text: "cathode" if text.lower() == "cathode" else _voltages(text)
)
"""A voltage, a range of voltages, or the word ``cathode``."""


class _ResultFile(click.File):
    """A file with a result; - is standard input, where there is one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the open file."""
        try:
            return super().convert(value, param, ctx)
        except RuntimeError:  # what click says of a closed one
            self.fail("standard input is closed", param, ctx)


class Offered(click.ParamType[str]):
    """One of the names that kstab and its plugins offer.

    Args:
        names: Returns them from the plugins.
        plugins: Returns the plugins of a run; those that are whole, or an error, if not given.
    """

    name = "name"

    def __init__(
        self,
        names: "Callable[[Host], Iterable[str]]",
        plugins: "Callable[[click.Context], Host]" = host,
    ) -> None:
        self._names, self._plugins = names, plugins

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the names, for the help."""
        return f"[{'|'.join(self._names(self._plugins(ctx)))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name."""
        return self._choice(ctx).convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Return the names that begin so."""
        return self._choice(ctx).shell_complete(ctx, param, incomplete)

    def _choice(self, ctx: click.Context | None) -> "click.Choice[str]":
        found = self._plugins(ctx or click.get_current_context())
        return click.Choice(list(self._names(found)))


class OfferedList(Offered):
    """Some of the names that kstab and its plugins offer, separated by commas."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the names, for the help."""
        return f"{super().get_metavar(param, ctx)},..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the names, each once and all of them known."""
        if isinstance(value, tuple):
            return value
        names = [part.strip() for part in str(value).split(",") if part.strip()]
        return tuple(dict.fromkeys(self._choice(ctx).convert(name, param, ctx) for name in names))


result = click.argument("result", type=_ResultFile("rb"))
ion = click.option(
    "--ion",
    type=click.Choice(list(CHARGES)),
    help="Working ion. Default: the single alkali metal present, else the single one of Mg, "
    "Ca, Zn and Al, else K.",
)
voltage = click.option(
    "--voltage",
    type=ReadAs("V|V1:V2", _voltages),
    help="Show only this range, such as 0:5, or voltage. Limits are never clipped.",
)
exclude = click.option(
    "--exclude",
    multiple=True,
    metavar="FORMULA,...",
    help="Phases to leave out, such as KS3,S8O.",
)
output = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file, whose ending names the format, as .txt, .html, .md, .tex, .json or "
    ".csv.",
)
plot = click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="Draw the result into a .png, .svg or .pdf file; may be repeated.",
)


def form_of(plugins: "Callable[[click.Context], Host]") -> "Callable[..., Any]":
    """Return the option ``--format`` with the formats of some plugins."""
    return click.option(
        "--format",
        "form",
        type=Offered(lambda host: host.writers, plugins),
        help="How to write the result.  [default: by the ending of --output, else terminal]",
    )


form = form_of(host)
scheme = click.option(
    "--scheme",
    metavar="SCHEME",
    help=f"Correction scheme of the computed energies: {', '.join(map(str, SCHEMES))}.  "
    f"[default: {SCHEMES[0]}]",
)
source = click.option(
    "--source",
    type=OfferedList(lambda host: host.sources),
    default=NAME,
    show_default=True,
    help="Where the energies are from: computed, measured, your own or a plugin's. Of several, the "
    "first that has phases of a composition is taken.",
)
temperature = click.option(
    "--temperature",
    metavar="K|none",
    help="Temperature of the Gibbs energies, such as 400 or 100C; none for enthalpies, without "
    "entropy and pressure.  [default: 298.15]",
)
gas = click.option(
    "--gas",
    multiple=True,
    metavar="GAS=BAR,...",
    help="Partial pressures, such as O2=0.21,H2O=0.03. May be repeated. Other gases are at 1 bar.",
)
schemes = click.option(
    "--scheme",
    metavar="SCHEME,...",
    help=f"Correction scheme of the computed energies: {', '.join(map(str, SCHEMES))}. Of several, "
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
mix_schemes = click.option(
    "--mix-schemes",
    is_flag=True,
    help="Compare energies of different correction schemes all the same; the report says so.",
)
entries = click.option(
    "--entry",
    "entries",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="Try the phases of a file that `kstab data import` can read, without storing them; may "
    "be repeated.",
)
entry_scheme = click.option(
    "--entry-scheme",
    metavar="SCHEME",
    help="Correction scheme that the phases of --entry are in.  [default: mp2020 for runs and "
    "entries, as-given for tables]",
)
entry_error = click.option(
    "--entry-error",
    type=ReadAs("10meV", lambda text: _height(text)[1]),
    help="What the energies of --entry may be off by, per atom, beside what they share with others "
    "in the scheme, such as 10meV: a standard deviation.  [default: that of phases of their kind]",
)
keep_dilute = click.option(
    "--keep-dilute",
    is_flag=True,
    help="Let computed dilute solutions compete, such as Mg149S: at least 98% of one element.",
)
polymorphs = click.option(
    "--phase",
    "polymorphs",
    type=ReadAs("FORMULA=ID", _polymorph),
    multiple=True,
    help="Take this phase of a composition and no other, such as K2S=mp-1022; may be repeated.",
)
heights = click.option(
    "--ehull",
    "heights",
    type=ReadAs("[FORMULA=]25meV", _height),
    multiple=True,
    help="Put the phase asked for, or FORMULA, at this energy above the hull per atom, such as "
    "25meV; may be repeated.",
)

_QUESTION: Final = {
    "source": source, "scheme": schemes, "mix_schemes": mix_schemes, "entries": entries,
    "entry_scheme": entry_scheme, "entry_error": entry_error, "polymorphs": polymorphs,
    "heights": heights, "temperature": temperature, "gas": gas, "exclude": exclude,
    "keep_dilute": keep_dilute,
}  # fmt: skip
"""Options of which phases compete, by the names of a question's fields, as the help has them."""


def which_phases(*formulas: str) -> "Callable[[Callable[..., None]], Callable[..., None]]":
    """Return a decorator that adds the options of which phases compete.

    The command takes what they ask as one argument, ``question``.

    Args:
        formulas: Names of the command's arguments and options that are formulas. A command
            without any compares no schemes, and no phase is the one asked for.
    """
    chosen = dict(_QUESTION)
    if not formulas:
        chosen["scheme"] = scheme
        del chosen["polymorphs"], chosen["heights"]

    def decorated(command: "Callable[..., None]") -> "Callable[..., None]":
        @wraps(command)
        def asking(*args: Any, **given: Any) -> None:
            which = {name: given.pop(name) for name in chosen}
            asked_of = [given[name] for name in formulas if given[name]]
            command(*args, **given, question=_question(asked_of, **which))

        for option in reversed(chosen.values()):
            asking = option(asking)
        return asking

    return decorated


def _question(
    formulas: "Sequence[str]",
    *,
    heights: tuple[tuple[str, float], ...] = (),
    gas: tuple[str, ...],
    exclude: tuple[str, ...],
    **which: Any,
) -> "Question":
    """The question that options ask; a height without a formula is that of the only one."""
    from kstab.sources.question import Question

    if len(formulas) > 1 and any(not formula for formula, _ in heights):
        raise RequestError(
            "Two phases are asked for, so it is not clear which --ehull is of.",
            f"Write --ehull {formulas[-1]}=25meV.",
        )
    named = [(formula or formulas[0], height) for formula, height in heights]
    return Question(**which, heights=named, gas=gas or None, exclude=",".join(exclude))
