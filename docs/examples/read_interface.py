"""Interfaces in Python: a contact with the metal, and a cathode over its range of voltages."""

import kstab

contact = kstab.interface("K", "K3SbS4")
lowest = contact.minimum_total
print(contact.verdict, contact.mode, f"{1000 * lowest.energy_per_atom:.1f} meV/atom")
print(f"x = {lowest.x_atomic:.3f} by atoms, {lowest.x_molar:.3f} by formula units")
print(lowest.reaction)
print(contact.reservoir.reaction, f"{1000 * contact.reservoir.energy_per_atom:.1f} meV/atom")

ranged = kstab.interface("K3SbS4", "KVPO4F", voltage="cathode")
low, high = ranged.voltage_range
print(f"{low} to {high} V from doi:{ranged.cathode.doi}, {len(ranged.regions)} regions")
for side in (ranged, ranged.charged):
    total, mutual = side.minimum_total, side.minimum_mutual
    print(f"{side.a} | {side.b}")
    print(f"  total  {1000 * total.headline_energy:6.0f} at {total.voltage:.3f} V")
    print(f"  mutual {1000 * mutual.mutual_headline_energy:6.0f} at {mutual.voltage:.3f} V")
