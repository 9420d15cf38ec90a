"""``kstab data``: the data set inside kstab, and those stored on this computer."""

from pathlib import Path

import click

from kstab.base.safe_text import printable
from kstab.cli import options, store
from kstab.cli.diff import diff
from kstab.cli.fetch import fetch
from kstab.cli.group import loaded
from kstab.cli.output import deliver
from kstab.errors import DataError, RequestError
from kstab.sources.columns import NAME
from kstab.sources.own import BUILT_IN


@click.group()
def data() -> None:
    """Show, check and export data sets; import and remove your own."""


for _command in (store.list_, store.info, store.import_, store.remove, fetch, diff):
    data.add_command(_command)


@data.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[NAME] FILE")
def export(arguments: tuple[str, ...]) -> None:
    """Write the data set NAME, or the embedded one, to FILE.

    The embedded one as .csv or .parquet (needs pyarrow); its CSV is the canonical table, whose
    sha256 every report names. What is stored on this computer as .csv, which `kstab data import`
    reads.
    """
    if len(arguments) > 2:
        raise click.UsageError("Give a data set and a file, or a file alone.")
    file = Path(arguments[-1])
    if len(arguments) == 1 or arguments[0] == NAME:
        _export_embedded(file)
    else:
        store.export(arguments[0], file)
    click.echo(printable(f"Wrote {file}"), err=True)


def _export_embedded(file: Path) -> None:
    from kstab.base.files import write_atomically
    from kstab.sources import embedded

    suffix = file.suffix.lower()
    if suffix == ".csv":
        store.write_csv(file, embedded.cells())
    elif suffix == ".parquet":
        write_atomically(file, _write_parquet)
    else:
        raise RequestError(f"{file.name} names no format.", "End it in .csv or .parquet.")


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
@options.form_of(loaded)
@options.output
@click.pass_context
def cathodes(context: click.Context, form: str | None, output: Path | None) -> None:
    """List the cathodes that `kstab interface --voltage cathode` knows.

    Figures are as their papers state them; what a paper does not say is left empty.
    """
    from kstab.report.sheets.cathodes import listed
    from kstab.sources import cathodes as table

    deliver(listed(table.load()), form, output, plugins=loaded(context))


@data.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Check the embedded data set and what is stored, or the data set NAME, for damage."""
    if name in (None, *BUILT_IN):
        _verify_embedded()
    if name not in BUILT_IN:
        store.verify(name)


def _verify_embedded() -> None:
    import hashlib
    import json

    from kstab.sources import embedded

    path = embedded.folder() / "phases.npz"
    package = json.loads((embedded.folder() / "datapackage.json").read_text(encoding="utf-8"))
    expected = package["kstab"]["sha256"]
    text = store.as_csv(embedded.cells()).encode()
    found = {
        "phases.npz": hashlib.sha256(path.read_bytes()).hexdigest(),
        "phases.csv (uncompressed)": hashlib.sha256(text).hexdigest(),
    }
    for part, digest in found.items():
        if digest != expected[part]:
            raise DataError(
                str(path), f"{part} is not what was shipped", "Install kstab again to restore it."
            )
        click.echo(f"{part}: sha256 {digest}, as shipped")
