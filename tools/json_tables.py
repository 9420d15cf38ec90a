"""Tables of the keys of the JSON output, from its schemas and the docstrings of the classes.

``tools/make_docs.py`` writes them into ``docs/generated/``.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from doc_tables import HEADER, markdown, table
from kstab import findings
from kstab.analyses import difference, interface_results, results
from kstab.conditions import GasPressure
from kstab.notices import Notice
from kstab.products import Product
from kstab.provenance import Provenance

SCHEMAS: Final = Path(__file__).parents[1] / "src" / "kstab" / "schemas"

_SHARED: Final = {"warnings[]": Notice, "provenance": Provenance, "gas_pressure": GasPressure}

CLASSES: Final[Mapping[str, Mapping[str, type]]] = {
    "window": {
        "": results.WindowResult,
        "product": Product,
        "near_misses[]": results.NearMiss,
        "step": results.Step,
        "host": results.Host,
        "by_scheme[]": results.SchemeWindow,
        "uncertainty": results.Uncertainty,
        "robustness": results.WindowRobustness,
        "spread": results.Spread,
        "assessment": findings.Assessed,
        "measurement": findings.Measurement,
        **_SHARED,
    },
    "system": {
        "": results.SystemResult,
        "product": Product,
        "phases[]": results.SystemPhase,
        **_SHARED,
    },
    "difference": {
        "": difference.Difference,
        "phases[]": difference.PhaseChange,
        "phase": difference.PhaseInSource,
        "provenance": Provenance,
        "gas_pressure": GasPressure,
    },
    "interface": {
        "": interface_results.InterfaceResult,
        "kink": interface_results.Kink,
        "product": interface_results.MixtureProduct,
        "reactant": interface_results.Reactant,
        "reservoir": interface_results.Reservoir,
        "region": interface_results.Region,
        "region_product": interface_results.RegionProduct,
        "cathode": interface_results.Cathode,
        "by_scheme[]": interface_results.SchemeInterface,
        "uncertainty": results.Uncertainty,
        "robustness": interface_results.InterfaceRobustness,
        "robustness.total": interface_results.EnergySpread,
        "robustness.mutual": interface_results.EnergySpread,
        "assessment": findings.Assessed,
        "measurement": findings.Measurement,
        **_SHARED,
    },
}
"""Class behind each object of each kind of document; the document itself has no name.

Its docstring speaks where the schema does not.
"""

FIXED_KEYS: Final = {
    "kind": "What the document is.",
    "schema_version": "Version of the format; the first number changes with the meaning of a key.",
    "caveat": "The line that every report carries.",
}


def key_tables(name: str) -> str:
    """Return the keys of one kind of JSON document, one table an object."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    objects = {"": schema} | dict(_objects(schema)) | schema.get("$defs", {})
    parts = [HEADER.rstrip()]
    for label, found in objects.items():
        parts.append(f"### {'The document' if not label else f'`{label}`'}")
        about = _attributes(CLASSES[name][label])
        parts.append(
            table(
                ("key", "type", "meaning"),
                (
                    (f"`{key}`", _type(value), _meaning(key, value, about))
                    for key, value in found["properties"].items()
                ),
            ).rstrip()
        )
    return "\n\n".join(parts) + "\n"


def _objects(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects inside a document, by the key that holds them."""
    for key, value in schema["properties"].items():
        items = value.get("items")
        if "properties" in value:
            yield key, value
        elif isinstance(items, dict) and "properties" in items:
            yield f"{key}[]", items


def _type(value: Mapping[str, Any]) -> str:
    if "const" in value:
        return f'`"{value["const"]}"`'
    if "enum" in value:
        return ", ".join(f'`"{choice}"`' for choice in value["enum"])
    if value.get("$ref") == "#":
        return "document of this kind"
    if "$ref" in value:
        return f"`{value['$ref'].rsplit('/', 1)[-1]}`"
    if "oneOf" in value:
        return " or ".join(map(_type, value["oneOf"]))
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return " or ".join(_array(value) if kind == "array" else kind for kind in kinds)


def _array(value: Mapping[str, Any]) -> str:
    if "prefixItems" in value:
        return f"array of {len(value['prefixItems'])} numbers"
    return f"array of {_type(value['items'])}"


def _meaning(key: str, value: Mapping[str, Any], about: Mapping[str, str]) -> str:
    text: str = value.get("description") or about.get(key) or FIXED_KEYS[key]
    return re.sub(r"\bNone\b", "null", markdown(text))


def _attributes(kind: type) -> dict[str, str]:
    """What the docstring of a class says about each of its attributes."""
    _, _, text = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    entries = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text, flags=re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in entries}
