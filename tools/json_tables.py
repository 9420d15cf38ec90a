"""Tables of the keys of the JSON output, from its schemas.

``tools/make_docs.py`` writes them into ``docs/generated/``.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from doc_tables import HEADER, table

SCHEMAS: Final = Path(__file__).parents[1] / "src" / "kstab" / "schemas"


def key_tables(name: str) -> str:
    """Return the keys of one kind of JSON document, one table an object."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    parts = [HEADER.rstrip()]
    for label, found in {"": schema, **schema["$defs"]}.items():
        parts.append(f"### {'The document' if not label else f'`{label}`'}")
        rows = [
            (f"`{key}`", _type(value), value["description"])
            for key, value in found["properties"].items()
        ]
        parts.append(table(("key", "type", "meaning"), rows).rstrip())
    return "\n\n".join(parts) + "\n"


def _type(value: Mapping[str, Any]) -> str:
    if "const" in value:
        return f'`"{value["const"]}"`'
    if "enum" in value:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in value["enum"])
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
