"""Run the assessments of plugins on a finished result; none can take the result away.

One that fails, or never answers, becomes a finding that says so; what a plugin returns is
made harmless before it is shown.
"""

import io
import threading
from collections.abc import Mapping
from contextlib import redirect_stdout
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from kstab.errors import RequestError
from kstab.findings import Assessed, Finding, Measurement
from kstab.offers import Analysis, Assessment, Option
from kstab.plugins import DISABLE, described
from kstab.safe_text import printable

if TYPE_CHECKING:
    from kstab.plugins import Host, Plugin

PATIENCE: Final = 20.0
"""Seconds after which an assessment is given up."""


def assess(
    host: "Host",
    analysis: Analysis,
    result: Any,
    table: Any,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Assessed, ...]:
    """Return what all assessments of an analysis say of a result, by their names.

    Args:
        host: The plugins.
        analysis: Which analysis the result is of.
        result: The result; it is frozen, and stays what it is.
        table: The phases that competed.
        options: Options by assessment and name; those left out take their defaults.

    Raises:
        RequestError: There is no such assessment or option, or a value is not one of it.
    """
    from kstab.conditions import ROOM
    from kstab.context import Context

    given = _read_options(host, analysis, options or {})
    temperature = table.conditions.temperature if table.conditions else ROOM
    found: list[Assessed] = []
    for assessment in host.of(analysis):
        plugin = host.assessments[assessment.name][1]
        defaults = {option.name: option.default for option in assessment.options}
        own = MappingProxyType(defaults | given.get(assessment.name, {}))
        context = Context(table, result.ion, own, temperature)
        found += _assessed(assessment, plugin, result, context)
    return tuple(found)


def _read_options(
    host: "Host", analysis: Analysis, options: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
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


def _assessed(
    assessment: Assessment, plugin: "Plugin", result: Any, context: Any
) -> list[Assessed]:
    """What one assessment says; a failure is said too."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(_findings(assessment.assess(result, context)))
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a plugin, too
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)  # it cannot be stopped, only left behind
    with redirect_stdout(io.StringIO()):
        thread.start()
        thread.join(PATIENCE)
    if not outcome:
        return [_failure(assessment, plugin, f"no answer within {PATIENCE:g} s")]
    if isinstance(outcome[0], BaseException):
        return [_failure(assessment, plugin, described(outcome[0]))]
    return [
        Assessed(
            assessment.name, plugin.distribution, plugin.version, False, finding.verdict,
            finding.confidence, finding.headline, finding.measurements, finding.notes,
            finding.references,
        )
        for finding in outcome[0]
    ]  # fmt: skip


def _failure(assessment: Assessment, plugin: "Plugin", cause: str) -> Assessed:
    is_file = plugin.distribution.endswith(".py")
    return Assessed(
        name=assessment.name,
        plugin=plugin.distribution,
        plugin_version=plugin.version,
        failed=True,
        verdict="failed",
        confidence="none",
        headline=f"The assessment failed: {cause.rstrip('.')}.",
        notes=() if is_file else (f"{DISABLE}={plugin.name} leaves this plugin out.",),
    )


def _findings(returned: Any) -> list[Finding]:
    """What an assessment returned, as findings that are harmless to print.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(returned, Finding):
        raise TypeError("assess returned a Finding; return [finding], or yield it")
    found = list(returned or ())
    for each in found:
        if not isinstance(each, Finding):
            raise TypeError(f"assess returned {each!r} where a Finding belongs")
    return [_harmless(finding) for finding in found]


def _harmless(finding: Finding) -> Finding:
    """The finding without control characters; made anew, so that it is checked again."""
    return Finding(
        verdict=finding.verdict,
        confidence=finding.confidence,
        headline=printable(finding.headline),
        measurements=tuple(
            Measurement(
                quantity=printable(each.quantity),
                value=printable(each.value) if isinstance(each.value, str) else each.value,
                unit=printable(each.unit),
                low=each.low,
                high=each.high,
                subject=printable(each.subject),
                source=printable(each.source),
            )
            for each in finding.measurements
        ),
        notes=tuple(map(printable, finding.notes)),
        references=tuple(map(printable, finding.references)),
    )
