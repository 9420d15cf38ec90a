"""``kstab data``: the data set inside kstab."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kstab.cli.diff import diff
from kstab.cli.fetch import fetch
from kstab.errors import DataError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.group()
def data() -> None:
    """Show, check and export the embedded data set."""


data.add_command(fetch)
data.add_command(diff)


@data.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the whole data set to FILE, as .csv or .parquet (needs pyarrow).

    The CSV is the canonical table; its sha256 is the one every report names.
    """
    from kstab.files import write_atomically
    from kstab.sources import embedded

    suffix = file.suffix.lower()
    if suffix == ".csv":
        text = _csv(embedded.cells())
        write_atomically(file, lambda path: path.write_bytes(text))
    elif suffix == ".parquet":
        write_atomically(file, _write_parquet)
    else:
        raise RequestError(f"{file.name} names no format.", "End it in .csv or .parquet.")
    click.echo(f"Wrote {file}", err=True)


def _csv(rows: "Iterable[list[str]]") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _write_parquet(path: Path) -> None:
    from kstab.sources import embedded
    from kstab.sources.columns import COLUMNS

    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise RequestError(
            "Parquet needs pyarrow, which is not installed.",
            "Install it with `python -m pip install pyarrow`, or export .csv.",
        ) from error
    types = {"integer": pa.int16(), "number": pa.float64()}
    _, *rows = embedded.cells()
    columns = {
        column.name: pa.array([cell or None for cell in cells]).cast(
            types.get(column.kind, pa.string())
        )
        for column, cells in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    }
    pq.write_table(pa.table(columns), path)


@data.command()
def cathodes() -> None:
    """List the cathodes that `kstab interface --voltage cathode` knows.

    Figures are as their papers state them; what a paper does not say is left empty.
    """
    from kstab.sources import cathodes as table

    for cathode in table.load():
        charged = f" to {cathode.charged}" if cathode.charged else ""
        figures = [
            *(
                [f"{cathode.voltage_low:g} to {cathode.voltage_high:g} V"]
                if cathode.voltage_low
                else []
            ),
            *([f"mean {cathode.average_voltage:g} V"] if cathode.average_voltage else []),
        ]
        click.echo(f"{cathode.discharged}{charged}: {', '.join(figures)}. doi:{cathode.doi}")
        click.echo(f"  {cathode.note}")


@data.command()
def verify() -> None:
    """Check the data set against its own checksums."""
    import hashlib
    import json

    from kstab.sources import embedded

    path = embedded.folder() / "phases.npz"
    package = json.loads((embedded.folder() / "datapackage.json").read_text(encoding="utf-8"))
    expected = package["kstab"]["sha256"]
    found = {
        "phases.npz": hashlib.sha256(path.read_bytes()).hexdigest(),
        "phases.csv (uncompressed)": hashlib.sha256(_csv(embedded.cells())).hexdigest(),
    }
    for name, digest in found.items():
        if digest != expected[name]:
            raise DataError(
                str(path), f"{name} is not what was shipped", "Install kstab again to restore it."
            )
        click.echo(f"{name}: sha256 {digest}, as shipped")
