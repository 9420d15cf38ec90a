"""Pictures of results: what a terminal shows, and figures.

``tools/make_docs.py`` writes them into ``docs/images/``.
"""

import io
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console, RenderableType

from kstab.analyses.interface.result import InterfaceResult
from kstab.analyses.window.result import WindowResult

SVG_FORMAT: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{
  font-family: "DejaVu Sans", Verdana, Arial, sans-serif;
  font-size: 16px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own format without the fonts it would fetch from the network."""


def terminal_picture(command: str, report: RenderableType) -> str:
    """Return what a command looks like in a terminal 80 columns wide."""
    console = Console(
        record=True,
        width=80,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
        highlight=False,
    )
    console.print(report)
    picture = console.export_svg(title=command, code_format=SVG_FORMAT, unique_id="kstab")
    return "".join(f"{line.strip()}\n" for line in picture.splitlines() if line.strip())


def plot_picture(result: WindowResult | InterfaceResult) -> str:
    """Return the figure of a result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plot.svg"
        result.plot(path)
        lines = path.read_text(encoding="utf-8").splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)
