"""A plugin that cannot be loaded: its hook is misspelt."""

from kstab.hooks import hookimpl


@hookimpl
def kstab_asessments():
    """Offer nothing, under a name that is no hook."""
    return []
