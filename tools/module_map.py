"""Read the modules of kstab with their imports, and draw them in their layers.

The picture is ``docs/images/architecture.svg``, written by ``tools/make_docs.py``.
"""

import ast
import re
import textwrap
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

ROOT: Final = Path(__file__).parents[1]
SOURCE: Final = ROOT / "src" / "kstab"


@dataclass(frozen=True)
class Layer:
    """Modules that may import each other and what lies below, never what lies above.

    Attributes:
        name: Its name.
        about: What its modules have in common.
        modules: Names of its modules, or of packages whose modules are all in it;
            all below ``kstab``.
    """

    name: str
    about: str
    modules: tuple[str, ...]


_BANDS: Final = (
    ("Entry points", "what people call", "api"),
    ("Reports", "results as text, data and figures", "report"),
    ("Plugins", "what others add", "context"),
    ("Sources", "where phases come from, and what can be offered", "offers"),
    ("Analyses", "a request and a table give a frozen result", "analyses"),
    ("Phases", "tables of energies", "phases"),
    ("Engine", "the linear programme on plain arrays", "engine"),
    ("Chemistry", "formulas, ions, reactions", "chemistry"),
    ("Foundations", "no chemistry of their own", "version"),
)
"""Name, contents, and a module of the lowest layer of the contract that belongs to it."""


def contract() -> list[tuple[str, ...]]:
    """Return the layers that import-linter holds, from the top down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [tuple(re.split(r"\s*[:|]\s*", layer)) for layer in layers]


def _layers() -> tuple[Layer, ...]:
    """The contract's layers, drawn together."""
    rest = iter([("",), *contract()])
    return tuple(Layer(name, about, _until(last, rest)) for name, about, last in _BANDS)


def _until(last: str, layers: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    """Modules of the next layers, up to one's own."""
    found: tuple[str, ...] = ()
    while last not in found:
        found += next(layers)
    return found


LAYERS: Final = _layers()
"""The layers from the top down."""


@dataclass(frozen=True)
class Module:
    """A module of kstab.

    Attributes:
        name: Its name below ``kstab``; empty for the package itself.
        doc: Its docstring.
        imports: Names of the kstab modules it imports when it is itself imported.
    """

    name: str
    doc: str
    imports: tuple[str, ...]

    @property
    def label(self) -> str:
        """What to call it."""
        return self.name or "kstab"

    @property
    def layer(self) -> int:
        """Position of its layer, the top one first."""
        heads = {self.name, self.name.split(".")[0]}
        for place, layer in enumerate(LAYERS):
            if heads & set(layer.modules):
                return place
        raise RuntimeError(f"pyproject.toml does not say which layer {self.label} belongs to")


def read_modules() -> tuple[Module, ...]:
    """Return the modules of kstab, those that hold more than a docstring."""
    paths = {_module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in paths.items()}
    return tuple(
        Module(name, ast.get_docstring(tree) or "", _imports(tree, set(paths)))
        for name, tree in trees.items()
        if len(tree.body) > 1
    )


def _module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _imports(tree: ast.Module, names: set[str]) -> tuple[str, ...]:
    """What a module imports from kstab at its top level."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kstab":
            base = (node.module or "").removeprefix("kstab").lstrip(".")
            members = (f"{base}.{alias.name}".lstrip(".") for alias in node.names)
            found |= {member if member in names else base for member in members}
    return tuple(sorted(found))


def ordered(modules: tuple[Module, ...], layer: int) -> list[Module]:
    """Return the modules of a layer so that each stands before those it imports."""
    inside = {module.name: module for module in modules if module.layer == layer}

    def rank(name: str) -> int:
        below = [other for other in inside[name].imports if other in inside and other != name]
        return 1 + max(map(rank, below), default=0)

    return sorted(inside.values(), key=lambda module: (-rank(module.name), module.name))


LEFT: Final = 150
LANES: Final = 92
BOX: Final = (226, 76)
GAP: Final = 10
BETWEEN: Final = 26
PER_ROW: Final = 4
WIDTH: Final = LEFT + PER_ROW * (BOX[0] + GAP) + LANES
COLOURS: Final = (
    "#CC79A7", "#D55E00", "#8C6BB1", "#E69F00", "#B8A900", "#009E73", "#0072B2", "#56B4E9",
    "#888888",
)  # fmt: skip
"""Okabe and Ito's colours and a violet, one a layer."""

STYLE: Final = """\
text { font-family: "DejaVu Sans", Verdana, Arial, sans-serif; fill: #222; }
.name { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 13px; font-weight: bold; }
.about { font-size: 11px; fill: #444; }
.layer { font-size: 15px; font-weight: bold; }
.arrow { fill: none; stroke: #555; stroke-width: 1.5; marker-end: url(#head); }
"""  # noqa: E501


@dataclass(frozen=True)
class Band:
    """Where a layer is drawn: its upper and lower edge."""

    top: float
    bottom: float


def rooms(modules: tuple[Module, ...]) -> tuple[Module, ...]:
    """Return each package as one module whose docstring names those in it, and the others."""
    inside: dict[str, list[Module]] = {}
    for module in modules:
        package, _, own = module.name.rpartition(".")
        inside.setdefault(package if own and package else module.name, []).append(module)
    return tuple(_room(name, members) for name, members in inside.items())


def _room(name: str, members: list[Module]) -> Module:
    own = {member.name for member in members}
    imports = {_room_of(other) for member in members for other in member.imports} - {name}
    if own == {name}:
        return Module(name, members[0].doc, tuple(sorted(imports)))
    names = ", ".join(sorted(each.rpartition(".")[2] for each in own - {name}))
    return Module(name, names, tuple(sorted(imports)))


def _room_of(name: str) -> str:
    return name.rpartition(".")[0] or name


def architecture_picture(modules: tuple[Module, ...]) -> str:
    """Return the rooms in their layers, with arrows for the imports between layers."""
    drawn = rooms(modules)
    layers = [ordered(drawn, place) for place in range(len(LAYERS))]
    bands = _bands([len(members) for members in layers])
    body = [
        line
        for place, members in enumerate(layers)
        for line in _draw_layer(place, members, bands[place])
    ]
    height = bands[-1].bottom + 14
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}">',
            f"<style>\n{STYLE}</style>",
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
            '<path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs>',
            f'<rect width="{WIDTH}" height="{height:g}" rx="10" fill="#fff"/>',
            *body,
            *_arrows(layer_imports(modules), bands),
            "</svg>\n",
        ]
    )


def _bands(counts: Iterable[int]) -> list[Band]:
    bands, top = [], 14.0
    for count in counts:
        rows = -(-count // PER_ROW)
        bottom = top + rows * (BOX[1] + GAP) + GAP
        bands.append(Band(top, bottom))
        top = bottom + BETWEEN
    return bands


def _draw_layer(place: int, members: Iterable[Module], band: Band) -> Iterator[str]:
    layer, colour = LAYERS[place], COLOURS[place]
    yield (
        f'<rect x="10" y="{band.top:g}" width="{WIDTH - LANES - 10}" '
        f'height="{band.bottom - band.top:g}" rx="8" fill="{colour}" fill-opacity="0.13"/>'
    )
    yield _text(24, band.top + 28, layer.name, "layer")
    for line, text in enumerate(textwrap.wrap(layer.about, 19)):
        yield _text(24, band.top + 46 + 14 * line, text, "about")
    for count, module in enumerate(members):
        row, column = divmod(count, PER_ROW)
        x = LEFT + column * (BOX[0] + GAP)
        y = band.top + GAP + row * (BOX[1] + GAP)
        yield from _draw_module(module, x, y, colour)


def _draw_module(module: Module, x: float, y: float, colour: str) -> Iterator[str]:
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX[0]}" height="{BOX[1]}" rx="6" fill="#fff" '
        f'stroke="{colour}" stroke-width="1.5"/>'
    )
    yield _text(x + 10, y + 20, module.label, "name")
    first = " ".join(re.split(r"\.\s|:\s\S+:$", f"{module.doc} ")[0].split())
    lines = textwrap.wrap(first.replace("``", ""), 35, max_lines=3, placeholder=" …")
    for line, text in enumerate(lines):
        yield _text(x + 10, y + 37 + 14 * line, text, "about")


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def layer_imports(modules: tuple[Module, ...]) -> list[tuple[int, int]]:
    """Return pairs of layers of which the upper imports the lower.

    Pairs that follow from others are left out: A to C where A imports B and B imports C.
    """
    layers = {module.name: module.layer for module in modules}
    direct = {
        (module.layer, layers[name])
        for module in modules
        for name in module.imports
        if layers[name] != module.layer
    }
    every = set(direct)
    for _ in LAYERS:
        every |= {(a, d) for a, b in every for c, d in every if b == c}
    return sorted((a, c) for a, c in direct if not any((b, c) in every for x, b in every if x == a))


def _arrows(pairs: Iterable[tuple[int, int]], bands: list[Band]) -> Iterator[str]:
    """Short arrows between neighbours, and lanes on the right past the layers between."""
    right = WIDTH - LANES
    lane = right + 22.0
    leaving = [0] * len(bands)
    arriving = [0] * len(bands)
    for upper, lower in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair)):
        if lower == upper + 1:
            x = LEFT + (right - LEFT) / 2
            yield _arrow(f"M{x:g},{bands[upper].bottom:g} V{bands[lower].top:g}")
            continue
        start = bands[upper].bottom - 16 - 12 * leaving[upper]
        end = bands[lower].top + 16 + 12 * arriving[lower]
        leaving[upper] += 1
        arriving[lower] += 1
        yield _arrow(
            f"M{right:g},{start:g} H{lane - 6:g} Q{lane:g},{start:g} {lane:g},{start + 6:g} "
            f"V{end - 6:g} Q{lane:g},{end:g} {lane - 6:g},{end:g} H{right:g}"
        )
        lane += 14


def _arrow(path: str) -> str:
    return f'<path class="arrow" d="{path}"/>'
