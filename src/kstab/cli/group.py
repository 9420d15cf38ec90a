"""The group of commands, with those of plugins and the options plugins add."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from kstab.cli.quiet import quiet_host
from kstab.plugins import DISABLE, Host, Plugin, blaming

if TYPE_CHECKING:
    from kstab.offers import Assessment, Option
    from kstab.phases.table import PhaseTable

_Result = TypeVar("_Result", bound=Any)

_HOST: Final = "kstab.host"
_EVERYWHERE: Final = ("--help", "-h", "--plugin-file", "--no-plugins")
_OPTIONS: Final = "kstab.options"
_WARNED: Final = "kstab.warned"


class PluginGroup(click.Group):
    """A group whose commands are those that kstab and its plugins offer.

    Plugins are looked for when a command is resolved, so that ``--plugin-file`` and
    ``--no-plugins`` have been read by then.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, those of plugins last."""
        return list(loaded(ctx).commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, with the options of the assessments that read its results."""
        found = loaded(ctx).commands.get(cmd_name)
        if found is None:
            host(ctx)  # it may be one of a plugin that cannot be loaded
            return None
        offer, plugin = found
        command = loaded(ctx).call(offer.make, plugin)
        if not isinstance(command, click.Command):
            raise plugin.fault(f"{cmd_name} makes {type(command).__name__} and no click command")
        if not plugin.own:
            command = _guarded(command, plugin)
        if cmd_name not in loaded(ctx).analyses:
            return command
        return _extended(command, cmd_name, host(ctx))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; of one misspelt, say what may have been."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            names = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=names, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by their summaries, without importing any."""
        found = loaded(ctx)
        rows = [
            (offer.name, offer.summary + ("" if owner.own else f" [{owner.name}]"))
            for offer, owner in found.commands.values()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        broken = [(each.name, each.cause) for each in found.plugins if each.state == "broken"]
        if broken:
            with formatter.section("Plugins that cannot be loaded"):
                formatter.write_dl(broken)


def host(context: click.Context) -> Host:
    """Return the plugins of this run, all of them loaded.

    Raises:
        PluginError: One of them cannot be loaded.
    """
    found = loaded(context)
    found.check()
    if found.unknown and _WARNED not in context.find_root().meta:
        context.find_root().meta[_WARNED] = True
        names = ", ".join(found.unknown)
        click.echo(f"{DISABLE} names {names}, which no installed plugin is called.", err=True)
    return found


def loaded(context: click.Context) -> Host:
    """Return the plugins of this run, loaded once, with those that could not be loaded."""
    root = context.find_root()
    if _HOST not in root.meta:
        files = root.params.get("plugin_file") or ()
        root.meta[_HOST] = quiet_host(files, installed=not root.params.get("no_plugins"))
    found: Host = root.meta[_HOST]
    return found


def given_options() -> dict[str, dict[str, Any]]:
    """Return the options of assessments that were given, by assessment and name."""
    found: dict[str, dict[str, Any]] = click.get_current_context().meta.get(_OPTIONS, {})
    return found


def assessed(result: _Result, table: "PhaseTable") -> _Result:
    """Return a result with what the plugins of this run say of it, asked with their options.

    Args:
        result: A frozen result with a field ``assessments``.
        table: The phases that competed.

    Raises:
        PluginError: A plugin cannot be loaded.
    """
    found = host(click.get_current_context())
    return replace(result, assessments=found.assess(result, table, given_options()))


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
            value = next(waiting, None)
            if value is None:
                return [argument]  # click says that it requires an argument
            first += [argument, value]
        elif argument == "--no-plugins" or argument.startswith("--plugin-file="):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def _extended(command: click.Command, analysis: str, found: Host) -> click.Command:
    """A command with the options of its assessments; a PluginError if two have the same name."""
    owner = found.analyses[analysis][1].distribution
    owners = dict.fromkeys((*_EVERYWHERE, *(o for p in command.params for o in p.opts)), owner)
    extra: list[click.Option] = []
    for assessment in found.of(analysis):
        plugin = found.assessments[assessment.name][1]
        for option in assessment.options:
            made = _option(assessment, option)
            name = made.opts[0]
            if name in owners:
                raise plugin.fault(f"{name} is an option of {owners[name]} already")
            owners[name] = plugin.distribution
            extra.append(made)
    extended = copy.copy(command)
    extended.params = [*command.params, *extra]
    return extended


def _guarded(command: click.Command, plugin: Plugin) -> click.Command:
    """A command of a plugin, whose failures are the plugin's."""
    guarded = copy.copy(command)
    own = (click.ClickException, click.exceptions.Exit, click.Abort, OSError, SystemExit)

    def invoke(context: click.Context) -> Any:
        with blaming(plugin, *own):
            return command.invoke(context)

    guarded.invoke = invoke  # type: ignore[assignment, method-assign]
    return guarded


def _option(assessment: "Assessment", option: "Option") -> click.Option:
    """A command-line option whose value goes to its assessment alone."""

    def keep(context: click.Context, _: click.Parameter, value: Any) -> Any:
        if value is not None:
            try:
                option.checked(value)
            except Exception as error:  # its type may be a function of the plugin
                raise click.BadParameter(str(error)) from None
            kept = context.meta.setdefault(_OPTIONS, {})
            kept.setdefault(assessment.name, {})[option.name] = value
        return value

    flag = option.type is bool
    return click.Option(
        [f"--{assessment.name}-{option.name}"],
        type=click.Choice(option.choices) if option.choices else None if flag else option.type,
        is_flag=flag,
        default=None,
        help=option.help
        + ("" if flag or option.default is None else f"  [default: {option.default}]"),
        metavar=option.metavar or None,
        expose_value=False,
        callback=keep,
    )


plugin_file = click.option(
    "--plugin-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    is_eager=True,  # before --help, which lists the commands of plugins
    help="Load a plugin from a Python file; may be repeated.",
)
no_plugins = click.option(
    "--no-plugins", is_flag=True, is_eager=True, help="Do without the installed plugins."
)
