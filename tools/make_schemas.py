"""Write the schemas of the JSON output from the classes of the results, or compare them.

    python tools/make_schemas.py [--check]

Types and bounds are those of the fields, descriptions those of the docstrings; the names of
the objects inside a document are those of the classes.
"""

import argparse
import inspect
import json
import re
import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from doc_tables import markdown
from kstab.analyses.result import SCHEMA_VERSION, Result
from kstab.base.late import loaded
from kstab.base.written import Bounds, Written
from kstab.builtin import kstab_analyses
from kstab.reading import hints

SCHEMAS: Final = Path(__file__).parents[1] / "src" / "kstab" / "schemas"
WIDTH: Final = 160

_COMMANDS: Final = {
    "window": ("kstab window", "Voltages are V against the working ion's metal, energies eV."),
    "interface": (
        "kstab interface",
        "x is the fraction of the first reactant, energies are eV, voltages V against the "
        "working ion's metal.",
    ),
    "system": ("kstab phases", "Energies are eV/atom."),
    "difference": ("kstab data diff", "Energies are eV/atom, voltages V."),
}
_SCALARS: Final = {str: "string", bool: "boolean", int: "integer", float: "number"}
_NULL: Final = {"type": "null"}
_NUMBER: Final = {"type": "number"}


def _all_null(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, _NULL)


_RANGE: Final = {
    "voltage": _NULL,
    "voltage_range": {"type": "array"},
    "regions": {"type": "array", "minItems": 1},
}
RULES: Final[dict[str, list[dict[str, Any]]]] = {
    "window": [
        {
            "if": {"properties": {"window_kind": {"const": "none"}}},
            "then": {"properties": _all_null("reduction_limit", "oxidation_limit")},
            "else": {"properties": {"reduction_limit": _NUMBER}},
        },
        {
            "if": {"properties": {"verdict": {"const": "not_in_data"}}},
            "then": {
                "properties": {
                    "energy_above_hull": _NULL,
                    "window_kind": {"enum": ["hull_mixture", "none"]},
                }
            },
            "else": {"properties": {"energy_above_hull": _NUMBER, "host": _NULL}},
        },
    ],
    "interface": [
        {
            "if": {"properties": {"mode": {"const": "open"}}},
            "then": {
                "properties": {"ion": {"type": "string"}, "reservoir": _NULL},
                "oneOf": [
                    {
                        "properties": {
                            "voltage": _NUMBER,
                            **_all_null("voltage_range", "regions"),
                        }
                    },
                    {"properties": _RANGE},
                ],
            },
            "else": {
                "properties": {
                    **_all_null("voltage", "voltage_range", "regions"),
                    "kinks": {
                        "items": {
                            "properties": _all_null(
                                "voltage", "energy_per_non_ion_atom", "ion_change"
                            )
                        }
                    },
                }
            },
        }
    ],
}
"""What must hold between the keys of a document."""


def schema(kind: type[Result]) -> dict[str, Any]:
    """Return the schema of one kind of document."""
    command, units = _COMMANDS.get(kind.kind, (f"kstab {kind.kind}", ""))
    parts: dict[str, Any] = {}
    whole = _object(kind, parts)
    head = {
        "kind": {"const": kind.kind, "description": "What the document is."},
        "schema_version": {
            "const": SCHEMA_VERSION,
            "description": "Version of the format; the first number changes with the meaning of "
            "a key.",
        },
    }
    tail = {"caveat": {"type": "string", "description": "The line that every report carries."}}
    printed = f"What `{command} --format json` prints, schema_version {SCHEMA_VERSION}."
    properties = head | whole["properties"] | tail
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": command,
        **whole,
        "description": f"{printed} {units}".strip(),
        "properties": properties,
        "required": list(properties),
        **({"allOf": RULES[kind.kind]} if kind.kind in RULES else {}),
        "$defs": dict(sorted(parts.items())),
    }


def _object(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    about = _attributes(kind)
    properties = {
        name: _typed(hint, parts) | {"description": about[name]}
        for name, hint in hints(kind).items()
        if name not in kind.not_written
    }
    return {
        "type": "object",
        "description": _text((inspect.getdoc(kind) or "").split("\n\n")[0]),
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }


def _typed(hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """The schema of what a type hint allows."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _typed(inner[0], parts) | _bounds(inner[1], get_origin(inner[0]) is tuple)
    if origin in (Union, UnionType):
        return _union([_typed(each, parts) for each in inner if each is not NoneType], inner)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is tuple:
        return _array(inner, parts)
    if issubclass(hint, Result):
        return {"$ref": "#"}
    if issubclass(hint, Written):
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", hint.__name__).lower()
        if name not in parts:
            parts[name] = {}
            parts[name] = _object(hint, parts)
        return {"$ref": f"#/$defs/{name}"}
    return {"type": _SCALARS[hint]}


def _union(choices: list[dict[str, Any]], inner: tuple[Any, ...]) -> dict[str, Any]:
    null = NoneType in inner
    if all(set(each) == {"type"} for each in choices):
        return {"type": [each["type"] for each in choices] + ["null"] * null}
    (one,) = choices  # or None; nothing else is used
    if "enum" in one:
        return {"enum": [*one["enum"], None]}
    if "$ref" in one:
        return {"oneOf": [one, _NULL]}
    return one | {"type": [one["type"], "null"]}


def _array(inner: tuple[Any, ...], parts: dict[str, Any]) -> dict[str, Any]:
    if inner[-1] is Ellipsis:
        return {"type": "array", "items": _typed(inner[0], parts)}
    items = [_typed(each, parts) for each in inner]
    return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}


def _bounds(bounds: Bounds, many: bool) -> dict[str, Any]:
    low = "minItems" if many else "exclusiveMinimum" if bounds.above else "minimum"
    found = {low: bounds.low, ("maxItems" if many else "maximum"): bounds.high}
    return {name: value for name, value in found.items() if value is not None}


def _attributes(kind: type) -> dict[str, str]:
    """What the docstrings of a class and of its properties say of each key."""
    _, _, text = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    entries = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text, flags=re.MULTILINE)
    derived = ((name, inspect.getdoc(getattr(kind, name)) or "") for name in vars(kind))
    too = {name: text for name, text in derived if name in getattr(kind, "written_too", ())}
    return {name: _text(meaning) for name, meaning in [*entries, *too.items()]}


def _text(meaning: str) -> str:
    """A docstring's sentences, with the words of JSON."""
    return re.sub(r"\bNone\b", "null", markdown(" ".join(meaning.split())))


def written(value: Any, indent: int = 0, before: int = 0) -> str:
    """Return JSON in which what fits into a line is on one."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + before + len(line) < WIDTH:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, list):
        items = [written(each, indent + 2) for each in value]
        return f"[\n{inner}" + f",\n{inner}".join(items) + f"\n{' ' * indent}]"
    pairs = [f'"{key}": {written(each, indent + 2, len(key) + 5)}' for key, each in value.items()]
    return f"{{\n{inner}" + f",\n{inner}".join(pairs) + f"\n{' ' * indent}}}"


def main() -> int:
    """Write the schemas; with ``--check`` compare them and return 1 where one is not the same."""
    parser = argparse.ArgumentParser(description="The schemas of the JSON output.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    stale = []
    kinds = {offer.name: loaded(offer.result) for offer in kstab_analyses()}
    for name, kind in kinds.items():
        path, text = SCHEMAS / f"{name}.schema.json", written(schema(kind)) + "\n"
        if check and path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"{', '.join(stale)}: run tools/make_schemas.py", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    raise SystemExit(main())
