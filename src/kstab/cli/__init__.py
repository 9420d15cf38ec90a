"""The command line: the only place that reads arguments, prints and exits.

Commands import what they need when they run, so that ``--help`` is instant and
``kstab window`` loads no plotting library.
"""

import sys
from pathlib import Path
from typing import NoReturn

import click

from kstab.cli.group import PluginGroup, no_plugins, plugin_file, plugins_first
from kstab.cli.output import complain, utf8_if_possible
from kstab.errors import KstabError
from kstab.sources.columns import NAME, VERSION
from kstab.version import __version__

READER_LEFT = 1
"""Exit code when the reader of a pipe stops reading before the end."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells report it."""

EPILOG = """\b
Examples:
  kstab window K3SbS4
  kstab window Li10GeP2S12 --plot window.svg
  kstab window K3SbS4 --exclude KS3,S8O --format json
  kstab interface K K3SbS4
  kstab interface K3SbS4 KCrO2 --voltage 2.0:3.5
  kstab phases K-Sb-S

Exit codes: 0 done, 2 usage, 3 formula or phase, 4 data or files, 5 network or
service, 6 plugin, 130 interrupted.
"""


def _versions(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib import metadata

    click.echo(f"kstab {__version__}")
    click.echo(f"data {NAME} {VERSION}")
    click.echo(f"pymatgen {metadata.version('pymatgen')}")
    context.exit()


@click.group(
    cls=PluginGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_versions,
    help="Show the versions of kstab, its data and pymatgen.",
)
@plugin_file
@no_plugins
def cli(plugin_file: tuple[Path, ...], no_plugins: bool) -> None:
    """Thermodynamic stability of solid electrolytes, for potassium and eight other ions."""


def main() -> NoReturn:
    """Run the command line; every way out of it has a documented exit code."""
    if sys.stdout is None:  # closed by whoever started the process
        complain("The output cannot be written (standard output is closed).", "")
        sys.exit(4)
    utf8_if_possible()
    try:
        code = cli.main(plugins_first(sys.argv[1:]), prog_name="kstab", standalone_mode=False)
        sys.stdout.flush()
    except KstabError as error:
        complain(error.problem, error.advice)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has had enough. Nothing to say, and click's own
        # exit code; without closing, the interpreter would complain at exit.
        _close_stdout()
        code = READER_LEFT
    except OSError as error:
        _close_stdout()
        complain(f"The output cannot be written ({error.strerror or error}).", "")
        code = 4
    sys.exit(code if isinstance(code, int) else 0)


def _close_stdout() -> None:
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
