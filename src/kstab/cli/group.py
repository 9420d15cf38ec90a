"""The group of commands, with those of plugins and the options plugins add."""

import copy
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from kstab.hooks import Assessment
    from kstab.plugins import Host

_HOST: Final = "kstab.host"
_OPTIONS: Final = "kstab.options"
_ASSESSED: Final = ("window", "interface")


class PluginGroup(click.Group):
    """A group whose commands know the plugins that are there.

    Plugins are looked for when a command is resolved, so that ``--plugin-file`` and
    ``--no-plugins`` have been read by then.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, those of plugins last."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in host(ctx).commands if name not in own)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; one of kstab's own comes before a plugin's of the same name."""
        command = super().get_command(ctx, cmd_name)
        if command is None:
            found = host(ctx).commands.get(cmd_name)
            return found[0].make() if found else None
        return _extended(command, host(ctx)) if cmd_name in _ASSESSED else command


def host(context: click.Context) -> "Host":
    """Return the plugins of this run, loaded once.

    Raises:
        PluginError: One of them cannot be loaded.
    """
    root = context.find_root()
    if _HOST not in root.meta:
        from kstab import plugins

        files = root.params.get("plugin_file") or ()
        root.meta[_HOST] = plugins.load(files, installed=not root.params.get("no_plugins"))
    found: Host = root.meta[_HOST]
    return found


def given_options() -> dict[str, dict[str, Any]]:
    """Return the options of assessments that were given, by assessment and name."""
    found: dict[str, dict[str, Any]] = click.get_current_context().meta.get(_OPTIONS, {})
    return found


def plugins_first(arguments: list[str]) -> list[str]:
    """Return arguments with ``--plugin-file`` and ``--no-plugins`` moved to the front.

    So that they work after a command too, where people put them.

    >>> plugins_first(["window", "K3SbS4", "--plugin-file", "my.py", "--no-plugins"])
    ['--plugin-file', 'my.py', '--no-plugins', 'window', 'K3SbS4']
    """
    first, rest, waiting = [], [], iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--plugin-file":
            first += [argument, *([value] if (value := next(waiting, None)) else [])]
        elif argument == "--no-plugins" or argument.startswith("--plugin-file="):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def _extended(command: click.Command, found: "Host") -> click.Command:
    """A command with the options of the assessments that read its results."""
    extended = copy.copy(command)
    name: Any = command.name
    extra = (_option(each, option) for each in found.of(name) for option in each.options)
    more: dict[str, Iterable[str]] = {"source": found.sources, "form": found.writers}
    own = [_with_choices(param, more.get(param.name or "", ())) for param in command.params]
    extended.params = [*own, *extra]
    return extended


def _with_choices(param: click.Parameter, more: Iterable[str]) -> click.Parameter:
    """A parameter that can be chosen among what plugins add, too."""
    names = list(more)
    if not names or not isinstance(param.type, click.Choice):
        return param
    extended = copy.copy(param)
    extended.type = click.Choice([*param.type.choices, *names])
    return extended


def _option(assessment: "Assessment", option: Any) -> click.Option:
    """A command-line option whose value goes to its assessment alone."""

    def keep(context: click.Context, _: click.Parameter, value: Any) -> Any:
        if value is not None:
            kept = context.meta.setdefault(_OPTIONS, {})
            kept.setdefault(assessment.name, {})[option.name] = value
        return value

    flag = option.type is bool
    return click.Option(
        [f"--{assessment.name}-{option.name}"],
        type=click.Choice(option.choices) if option.choices else None if flag else option.type,
        is_flag=flag,
        default=None,
        help=option.help + ("" if option.default is None else f"  [default: {option.default}]"),
        metavar=option.metavar or None,
        expose_value=False,
        callback=keep,
    )


plugin_file = click.option(
    "--plugin-file",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    is_eager=True,  # before --help, which lists the commands of plugins
    help="Load a plugin from a Python file; may be repeated.",
)
no_plugins = click.option(
    "--no-plugins", is_flag=True, is_eager=True, help="Do without the installed plugins."
)


def arguments() -> list[str]:
    """Return the arguments of this process, those about plugins first."""
    return plugins_first(sys.argv[1:])
