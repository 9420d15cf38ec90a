"""What do the products at 0 V depend on? A plugin that asks for the equilibrium again."""

from kstab.hooks import Assessment, Finding, hookimpl

OFF = 0.025  # eV/atom; what an energy may be off


def assess(result, context):
    """Bring each phase slightly above the hull below it, and see what forms then."""
    from kstab import Formula

    elements = {*Formula.parse(result.formula).elements, result.ion}
    usual = names(context.products(result.formula, 0.0))
    for near in context.phases(elements, within=OFF):
        if near.energy_above_hull > 0.0 and near.formula != result.formula:
            other = names(context.products(result.formula, 0.0, lowered=(near.formula, OFF)))
            if other != usual:
                text = f"At 0 V {usual} form, {other} if {near.formula} is {OFF} eV/atom lower."
                yield Finding("may_differ", "low", text)


def names(products):
    """Return formulas in words."""
    return " and ".join(product.formula for product in products)


@hookimpl
def kstab_assessments():
    """Offer the assessment to kstab."""
    return [Assessment("depends", ("window",), assess, "What do the products depend on?")]
