"""The page about plugins: what it lists is there, and what it shows is tried."""

import re

import pytest

from kstab import testing


@pytest.fixture(scope="module")
def page(root) -> str:
    return (root / "docs" / "plugins.md").read_text("utf-8")


def test_the_attributes_it_lists_are_there(page):
    window, contact = testing.sample_window(), testing.sample_contact()
    step = window.reduction_step
    named = {
        "window": window,
        "contact": contact,
        "step": step,
        "kink": contact.minimum_total,
        "product": step.products[0],
    }
    cells = re.findall(r"^\| (`\w+\.\w+`(?:, `\w+\.\w+`)*) \|", page, flags=re.MULTILINE)
    listed = re.findall(r"`(\w+)\.(\w+)`", " ".join(cells))
    assert {owner for owner, _ in listed} - {"result"} == set(named)
    for owner, attribute in listed:
        assert hasattr(named.get(owner, window), attribute), f"{owner}.{attribute}"
    assert not hasattr(contact, "formula")


def test_it_shows_every_example_and_every_transcript_of_a_plugin(page, root):
    docs = root / "docs"
    scripts = [path.name for path in (docs / "examples" / "plugins").glob("*.py")]
    broken = [path.name for path in (docs / "examples" / "plugins" / "broken").glob("*.py")]
    generated = docs / "generated"
    shown = [path.name for path in (*generated.glob("plugin-*"), *generated.glob("error-plugin*"))]
    assert scripts
    assert broken
    for name in scripts:
        assert f"examples/plugins/{name}" in page
    for name in shown:
        assert f"generated/{name}" in page
    for name in broken:
        assert any(name in (generated / each).read_text("utf-8") for each in shown), name
