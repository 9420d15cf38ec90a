"""What a formula holds: elements, amounts, atoms, molar mass."""

from kstab import Formula

formula = Formula.parse("K2.92Sb0.92W0.08S4")
print(formula.elements, formula.atoms, f"{formula.mass:.2f} g/mol")
print(float(formula["K"]), formula["Na"], formula.key == Formula.parse("K73Sb23W2S100").key)
