"""What forms first? A plugin that reads windows and interfaces."""

from kstab.hooks import Assessment, Finding, Measurement, hookimpl


def assess(result, context):
    """Give the band gaps of what forms first: on reduction, or at a contact."""
    if result.kind == "window":
        name, first = result.formula, result.reduction_step
    else:  # an interface
        name, first = f"{result.a} | {result.b}", result.minimum_total
    if first is None:  # nothing reduces the phase
        return
    known = [context.phase(product.formula) for product in first.products]
    gaps = [Measurement("band gap", f.band_gap, "eV", subject=f.formula) for f in known if f]
    yield Finding("found", "medium", f"{name}: {first.reaction}.", measurements=gaps)


@hookimpl
def kstab_assessments():
    """Offer the assessment to kstab."""
    return [Assessment("forms", ("window", "interface"), assess, "What forms first?")]
