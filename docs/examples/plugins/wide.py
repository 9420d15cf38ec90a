"""Is the window wide enough? A whole plugin in one file."""

from kstab.hooks import Assessment, Finding, Measurement, Option, hookimpl


def assess(result, context):
    """Compare the width of the window with what is asked for."""
    if result.width is None:  # no window, or one without an upper end
        return
    enough = result.width >= context.options["least"]
    yield Finding(
        verdict="wide" if enough else "narrow",
        confidence="medium",
        headline=f"The window of {result.formula} is {result.width:.2f} V wide.",
        measurements=(Measurement("width", result.width, "V", subject=result.formula),),
    )


@hookimpl
def kstab_assessments():
    """Offer the assessment to kstab."""
    least = Option("least", float, 2.0, "Width that is enough, V.", metavar="V")
    return [Assessment("wide", ("window",), assess, "Is the window wide enough?", (least,))]
