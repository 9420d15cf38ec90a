"""What commands of plugins are made with: options as everywhere, pages, and their delivery.

A command decorated with :func:`form` and :func:`output` hands them with a :class:`Sheet`, or
with the result of an analysis, to :func:`deliver`: it is then printed or written in every
format there is. The blocks of pages are in :mod:`kstab.report.page`.
"""

from kstab.cli.options import (
    details,
    exclude,
    form,
    gas,
    ion,
    output,
    plot,
    scheme,
    source,
    temperature,
)
from kstab.cli.output import check_targets, deliver
from kstab.report.sheet import Sheet
from kstab.written import plain

__all__ = [
    "Sheet",
    "check_targets",
    "deliver",
    "details",
    "exclude",
    "form",
    "gas",
    "ion",
    "output",
    "plain",
    "plot",
    "scheme",
    "source",
    "temperature",
]
