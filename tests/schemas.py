"""The published schemas of the JSON output."""

import json
from importlib import resources

import jsonschema


def schema(name):
    """Return the validator of a kind of document."""
    text = resources.files("kstab").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    loaded = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)
