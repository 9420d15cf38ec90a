"""The phases of a system, handed to pymatgen."""

from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core import Composition

import kstab

entries = kstab.entries_from_table(kstab.phase_table(), ["K", "Sb", "S"])
diagram = PhaseDiagram(entries)
print(len(entries), "entries,", len(diagram.stable_entries), "stable")
print(kstab.window(Composition("K3SbS4")).verdict)
