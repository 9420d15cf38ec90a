"""Pages: every result and every command says the same in every format."""

import csv
import re
from html.parser import HTMLParser
from io import StringIO

import pytest

import kstab
from command import run
from kstab.base.late import loaded
from kstab.builtin import kstab_writers
from kstab.errors import RequestError
from kstab.offers import Page
from kstab.report import html, latex, markdown, terminal
from kstab.report.page import (
    Answer,
    Bullets,
    Column,
    Drawing,
    Hint,
    Item,
    Lines,
    Paragraph,
    Row,
    Section,
    Table,
    Title,
    cells,
)
from kstab.report.sheet import Sheet
from kstab.report.tables import write_csv

WRITERS = {writer.name: loaded(writer.write) for writer in kstab_writers()}
TEXTS = ("terminal", "html", "markdown", "latex")
NOT_CLOSED = {"meta", "br"}
SMALL = Table((Column("phase"), Column("V", right=True)), (Row(cells("K2S", "1.89")),), "Measured.")


@pytest.fixture(scope="module")
def results():
    return {
        "window": kstab.window("K3SbS4", samples=20),
        "interface": kstab.interface("K3SbS4", "KCrO2", voltage=(2, 3), charged="K0.5CrO2"),
        "contact": kstab.interface("K", "K3SbS4"),
        "system": kstab.system("K-Sb-S"),
    }


class Balance(HTMLParser):
    """Fails where an element is closed that is not open; says what is left open, and the text."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        if tag not in NOT_CLOSED:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read_html(text):
    page = Balance()
    page.feed(text)
    assert page.open == []
    return page.text


@pytest.mark.parametrize("kind", ["window", "interface", "contact", "system"])
def test_every_format_says_the_answer_and_all_rows(results, kind):
    result = results[kind]
    blocks = result.page()
    (answer,) = [block.text for block in blocks if isinstance(block, Answer)]
    said = {name: WRITERS[name](result, Page(width=400)) for name in TEXTS}
    assert answer in said["terminal"]
    assert answer in read_html(said["html"])
    assert latex.escaped(answer) in said["latex"]
    rows = sum(len(block.rows) for block in blocks if isinstance(block, Table))
    assert said["html"].count("<tr><td") >= rows
    assert len(re.findall(r"^\| (?!---)", said["markdown"], re.MULTILINE)) >= rows


@pytest.mark.parametrize("kind", ["window", "interface", "system"])
def test_latex_is_balanced(results, kind):
    text = WRITERS["latex"](results[kind], Page())
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", text) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)
    assert text.isascii()


def test_what_a_format_would_obey_is_shown():
    page = (Title("<b>_a_|$x$"), Bullets(("# 50% & {y} \\n",)))
    assert "<b>_a_|$x$" in read_html(html.fragment(page))
    assert markdown.text(page) == "# \\<b>\\_a\\_\\|$x$\n\n- \\# 50% & {y} \\\\n\n"
    assert r"\textless{}b\textgreater{}\_a\_\textbar{}\$x\$" in latex.text(page)
    assert r"\# 50\% \& \{y\} \textbackslash{}n" in latex.text(page)


@pytest.mark.parametrize("show", [terminal.text, html.document, markdown.text, latex.text])
def test_nothing_in_a_block_moves_a_cursor_or_ends_a_row(show):
    said = "a\x1b[2J\u202e\r\nb"
    blocks = (
        Title(said, said, detail=said),
        Paragraph(said),
        Section(said),
        Bullets((said,)),
        Lines((said,)),
        Table((Column(said), Column("c")), (Row(cells(said, "1")),), said),
        Item(said, said, failed=False, inside=(Hint(said),), is_open=True),
    )
    shown = show(blocks)
    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    assert "[2J" in shown


def test_headings_and_captions_are_no_markup():
    shown = terminal.text((Table((Column("[a|b]"),), (Row(cells("x" * 20)),), "[/red] of K"),))
    assert "[a|b]" in shown
    assert "[/red] of K" in shown


def test_brackets_are_no_arguments_in_latex():
    table = Table((Column("[a]"), Column("b")), (Row(cells(" [2J", "*")), Row(cells("[x]", "c"))))
    shown = latex.text((table, Bullets(("[note] x", "* y"))))
    assert not re.search(r"(\\\\|rule|item)\s*[\[*]", shown)


def test_a_wide_table_shares_the_line_in_latex():
    wide = Table((Column("a"), Column("b")), (Row(cells("x" * 60, "word " * 20)),))
    assert latex.text((wide,)).count("arraybackslash}X") == 2
    assert "tabularx}{" not in latex.text((SMALL,))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Title(1),
        lambda: Bullets("ab"),
        lambda: Lines((1,)),
        lambda: Paragraph("a", tone='"><script>'),
        lambda: Table((Column("a"), Column("b")), (Row(cells("1")),)),
    ],
)
def test_what_is_no_block_is_refused_where_it_is_made(make):
    with pytest.raises(TypeError, match=r"no text|no tuple of texts|none there is|no row of"):
        make()


def test_a_table_on_a_narrow_page():
    columns = Column("phase"), Column("E\neV", right=True), Column("more", least=66)
    table = Table(columns, (Row(cells("K2S", "1.89", "no")),), "All.", "Some.", "bare")
    wide, narrow = (terminal.text((table,), width).split() for width in (80, 40))
    assert wide == ["phase", "E", "more", "eV", "K2S", "1.89", "no", "All."]
    assert narrow == ["phase", "E", "eV", "K2S", "1.89", "Some."]
    assert terminal.text((table,), 9).split() == ["K2S", "E", "1.89", "eV", "Some."]


def test_an_entry_is_folded_or_open():
    entry = Item("mine", "It holds.", False, (Bullets(("a note",)),), is_open=False)
    assert "a note" not in terminal.text((entry,))
    assert "<details><summary>" in html.fragment((entry,))
    assert "a note" not in markdown.text((entry,))
    opened = Item(entry.name, entry.text, False, entry.inside, is_open=True)
    assert "  - a note" in terminal.text((opened,))
    assert "<details open>" in html.fragment((opened,))


def test_hints_are_for_the_terminal():
    assert terminal.text((Hint("--details"),)) == "--details\n"
    for show in (html.fragment, markdown.text, latex.text):
        assert "--details" not in show((Hint("--details"),))


@pytest.mark.parametrize("show", [terminal.text, html.fragment, markdown.text, latex.text])
def test_what_is_no_block_is_refused(show):
    with pytest.raises(TypeError, match="no block of a page"):
        show(("a text",))


def test_a_drawing_of_a_plugin():
    class Dots(Drawing):
        def lines(self, width):
            yield ()
            yield SMALL

    assert "K2S" in terminal.text((Dots(),))
    assert "K2S" in html.fragment((Dots(),))


def test_a_sheet_without_rows_gives_its_tables():
    sheet = Sheet("limits", (Title("K-S"), SMALL, SMALL), {"K2S": 1.89})
    rows = list(csv.reader(StringIO(write_csv(sheet, Page()))))
    assert rows == [["phase", "V"], ["K2S", "1.89"], [], ["phase", "V"], ["K2S", "1.89"]]
    with pytest.raises(RequestError, match="no figure"):
        sheet.plot("limits.svg")


@pytest.mark.parametrize(
    "command",
    [
        ("data", "list"),
        ("data", "info", "mp-2019"),
        ("data", "cathodes"),
        ("data", "diff", "mp-2019", "experimental", "--chemsys", "K-S"),
        ("plugins",),
        ("phases", "K-S"),
    ],
)
def test_commands_deliver_every_format(tmp_path, command):
    for suffix in ("txt", "json", "csv", "html", "md", "tex"):
        file = tmp_path / f"page.{suffix}"
        assert run(*command, "--output", str(file)).returncode == 0, suffix
        assert file.read_text("utf-8").strip()
    assert run(*command).stdout == (tmp_path / "page.txt").read_text("utf-8")


def test_what_a_result_says_as_text_is_its_answer(results):
    result = results["window"]
    assert str(result) in WRITERS["terminal"](result, Page(width=400))
    assert read_html(result._repr_html_()).count(str(result)) == 1
