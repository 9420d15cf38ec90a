"""Where definitions, thresholds and numbers are from."""

from typing import Final

CLASSES: Final = "doi:10.1016/j.ssi.2015.06.001"
"""Classes of interphase: Wenzel et al., Solid State Ionics 278, 98 (2015)."""

PERCOLATION: Final = (
    "Scher and Zallen, Critical density in percolation processes, J. Chem. Phys. 53, 3759 (1970)"
)
SPHERES: Final = "Lorenz and Ziff, J. Chem. Phys. 114, 3659 (2001)"
"""Critical volume fraction of overlapping spheres."""

CALCULATED: Final = "doi:10.1063/1.4812323"
"""Calculated gaps and volumes: Materials Project, Jain et al., APL Materials 1, 011002 (2013)."""

MEASURED: Final = "doi:10.1021/acs.jpclett.8b00124"
"""Measured gaps: Zhuo et al., J. Phys. Chem. Lett. 9, 1668 (2018)."""

GROWTH: Final = "doi:10.1021/acs.chemmater.6b00610"
"""Parabolic growth of an interphase: Wenzel et al., Chem. Mater. 28, 2400 (2016)."""

REVIEW: Final = "doi:10.1038/s43246-024-00568-3"
"""Grill et al., Commun. Mater. 5, 127 (2024)."""
