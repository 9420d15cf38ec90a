"""Screening: every stable phase of K, S and one more element, by its oxidation limit."""

import numpy as np

import kstab

table = kstab.phase_table()
candidates = [
    formula.text
    for formula in map(kstab.Formula.parse, table.formulas)
    if len(formula.elements) == 3 and formula["K"] and formula["S"] and not formula["O"]
]
batch = kstab.windows(candidates, ion="K", phases=table)
stable = np.flatnonzero(batch.energies_above_hull == 0)
with_limit = stable[np.isfinite(batch.oxidation_limits[stable])]
best = with_limit[np.argsort(-batch.oxidation_limits[with_limit])][:5]

print(f"{len(candidates)} phases, {len(stable)} stable")
for i in best:
    low, high = batch.reduction_limits[i], batch.oxidation_limits[i]
    sure, formed = batch[int(i)].oxidation_uncertainty, batch[int(i)].oxidation_step.reaction
    print(f"{batch.formulas[i]:9} {low:.2f} to {high:.2f} ± {sure.sigma:.2f} V  {formed}")
