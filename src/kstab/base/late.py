"""What is named by a text and imported when it is needed."""

from importlib import import_module
from typing import Any


def loaded(value: Any) -> Any:
    """Return what a text like ``"module:name"`` names, imported now; all else as it is.

    So that an offer can name what does its work without importing it.

    Raises:
        ImportError: There is no such module.
        AttributeError: The module has no such name.

    >>> loaded("kstab.base.units:GAS_CONSTANT") == loaded(8.31446261815324)
    True
    """
    if not isinstance(value, str):
        return value
    module, _, name = value.partition(":")
    return getattr(import_module(module), name)
