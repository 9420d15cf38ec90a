"""Run the assessments of plugins on a finished result; none can take the result away.

One that fails, or in the command line never answers, becomes a finding that says so; what a
plugin returns is made harmless before it is shown.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kstab.base.safe_text import printable
from kstab.errors import KstabError, PluginError, RequestError
from kstab.findings import Assessed, Finding, Measurement
from kstab.offers import Assessment, Option
from kstab.plugins import DISABLE, Options, described

if TYPE_CHECKING:
    from kstab.plugins import Host, Plugin


def assess(host: "Host", result: Any, table: Any, options: Options) -> tuple[Assessed, ...]:
    """Return what the assessments of its analysis say of a result, as ``Host.assess`` does."""
    from kstab.chemistry.conditions import ROOM
    from kstab.context import Context

    given = _read_options(host, result.kind, options)
    temperature = table.conditions.temperature if table.conditions else ROOM
    found: list[Assessed] = []
    for assessment in host.of(result.kind):
        defaults = {option.name: option.default for option in assessment.options}
        own = MappingProxyType(defaults | given.get(assessment.name, {}))
        context = Context(table, getattr(result, "ion", None), own, temperature)
        found += _assessed(host, assessment, result, context)
    return tuple(found)


def _read_options(host: "Host", analysis: str, options: Options) -> dict[str, dict[str, Any]]:
    """The options that were given, all of them known and of their type."""
    known = {(a.name, option.name): option for a in host.of(analysis) for option in a.options}
    read: dict[str, dict[str, Any]] = {}
    for name, values in options.items():
        if not isinstance(values, Mapping):
            raise RequestError(
                f"The options of {name!r} are {values!r} and not by their names.",
                'Write {"name of the assessment": {"option": value}}.',
            )
        for option, value in values.items():
            if (name, option) not in known:
                there = ", ".join(" ".join(pair) for pair in known)
                raise RequestError(
                    f"No assessment of this analysis has the option {name} {option}.",
                    f"There are: {there}." if there else "",
                )
            read.setdefault(name, {})[option] = _value(known[name, option], value)
    return read


def _value(option: Option, value: Any) -> Any:
    try:
        return None if value is None else option.checked(value)
    except Exception as error:  # its type may be a function of the plugin
        raise RequestError(f"The option {option.name} cannot be used: {error}.") from None


def _assessed(host: "Host", assessment: Assessment, result: Any, context: Any) -> list[Assessed]:
    """What one assessment says; a failure is said too."""
    plugin = host.assessments[assessment.name][1]
    failed, found = False, []
    try:
        found = host.ask(lambda: _findings(assessment.assess(result, context)), plugin)
    except KstabError as error:
        cause = error.cause if isinstance(error, PluginError) else described(error)
        failed, found = True, [_failure(plugin, cause)]
    return [
        Assessed(
            assessment.name, plugin.distribution, plugin.version, failed,
            **{field.name: getattr(finding, field.name) for field in fields(Finding)},
        )
        for finding in found
    ]  # fmt: skip


def _failure(plugin: "Plugin", cause: str) -> Finding:
    is_file = plugin.distribution.endswith(".py")
    return Finding(
        verdict="failed",
        confidence="none",
        headline=f"The assessment failed: {cause.rstrip('.')}.",
        notes=() if is_file else (f"{DISABLE}={plugin.name} leaves this plugin out.",),
    )


def _findings(returned: Any) -> list[Finding]:
    """What an assessment returned, as findings harmless to print; a TypeError if it is none."""
    if isinstance(returned, Finding):
        raise TypeError("assess returned a Finding; return [finding], or yield it")
    found = list(returned or ())
    for each in found:
        if not isinstance(each, Finding):
            raise TypeError(f"assess returned {each!r} where a Finding belongs")
    return [_harmless(finding) for finding in found]


def _harmless(value: Any) -> Any:
    """A value of a finding without control characters; made anew, so that it is checked again."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(map(_harmless, value))
    for kind in (Finding, Measurement):
        if isinstance(value, kind):
            return kind(*(_harmless(getattr(value, field.name)) for field in fields(kind)))
    return value
