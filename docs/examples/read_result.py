"""A window in Python: the frozen result and its fields."""

import kstab

result = kstab.window("K3SbS4")
print(result.verdict, result.window_kind)
print(f"{result.reduction_limit:.3f} to {result.oxidation_limit:.3f} V, width {result.width:.3f} V")
print(result.oxidation_step.reaction)
for step in result.steps[:2]:
    print(f"{step.voltage_low:.3f} V: {step.reaction}, {step.decomposition_energy_low:.3f} eV/atom")
for limit in (result.reduction_uncertainty, result.oxidation_uncertainty):
    print(f"standard deviation {limit.sigma:.2f} V, {limit.correction_share:.0%} is correction")
