"""A plugin that fails on interfaces: an interface has no formula."""

import sys

from kstab.hooks import Assessment, Finding, hookimpl


def assess(result, context):
    """Speak of a formula that may not be there."""
    print(f"{result.kind}, options {dict(context.options)}", file=sys.stderr)
    yield Finding("fine", "low", f"{result.formula} is fine.")


@hookimpl
def kstab_assessments():
    """Offer the assessment to kstab."""
    return [Assessment("careless", ("window", "interface"), assess)]
