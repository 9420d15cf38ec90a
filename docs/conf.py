"""Sphinx configuration: Markdown pages, the Python reference, nothing from the network."""

from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx

import kstab

project = "kstab"
copyright = "The kstab developers"  # noqa: A001 - the name Sphinx reads
version = release = kstab.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "generated", "examples"]

html_theme = "furo"
html_title = "kstab"
html_show_sphinx = False
html_copy_source = False
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_use_ivar = True
python_maximum_signature_line_length = 80


def _math(writer: Any, node: nodes.Node, *, as_block: bool) -> None:
    """Write a formula as MathML, which browsers draw without a script from elsewhere."""
    writer.body.append(latex2mathml.tex2mathml(node.astext(), as_block=as_block))
    raise nodes.SkipNode


def _inline(writer: Any, node: nodes.math) -> None:
    _math(writer, node, as_block=False)


def _block(writer: Any, node: nodes.math_block) -> None:
    _math(writer, node, as_block=True)


def _without_constructor(
    _app: Sphinx, what: str, name: str, _obj: Any, _options: Any, *signature: str | None
) -> tuple[str | None, ...]:
    """Leave out how classes are constructed: nobody makes results by hand, and fields follow.

    What plugins offer is made by hand.
    """
    is_result = what in ("class", "exception") and not name.startswith("kstab.hooks.")
    return ("", "") if is_result else signature


def setup(app: Sphinx) -> None:
    """Register the MathML renderer and what is left out of the Python reference."""
    app.connect("autodoc-process-signature", _without_constructor)
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
