"""A window among one's own phases: pymatgen entries with total energies, eV."""

from pymatgen.entries.computed_entries import ComputedEntry

import kstab

entries = [
    ComputedEntry("K", -1.0, entry_id="my K"),
    ComputedEntry("S8", -32.0, entry_id="my S"),
    ComputedEntry("K2S", -9.6, entry_id="my K2S"),
    ComputedEntry("K2S2", -14.4, entry_id="my K2S2"),
]
result = kstab.window("K2S", phases=entries)
print(result.verdict, result.material_id, f"oxidation limit {result.oxidation_limit:.3f} V")
print(result.oxidation_step.reaction)
print(result.provenance.dataset, "/", result.provenance.scheme)
