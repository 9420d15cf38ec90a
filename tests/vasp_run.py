"""A small vasprun.xml as VASP writes it: one ionic step, few bands, all that pymatgen asks for."""

from collections.abc import Mapping, Sequence

POTCARS = {
    "K": "PAW_PBE K_sv 06Sep2000",
    "S": "PAW_PBE S 17Jan2003",
    "O": "PAW_PBE O 08Apr2002",
    "Fe": "PAW_PBE Fe_pv 06Sep2000",
    "Sb": "PAW_PBE Sb 06Sep2000",
}
"""What the Materials Project uses."""


def vasprun(
    sites: Sequence[tuple[str, tuple[float, float, float]]],
    energy: float,
    *,
    edge: float = 6.0,
    potcars: Mapping[str, str] = POTCARS,
    hubbards: Mapping[str, float] | None = None,
    gga: str = "--",
    metagga: str = "--",
    cutoff: float = 520.0,
    electronic_steps: int = 3,
    ionic_steps: int = 1,
    nsw: int = 0,
    gap: float = 2.0,
    prolog: str = '<?xml version="1.0" encoding="ISO-8859-1"?>',
) -> str:
    """Return a run of a cubic cell.

    Args:
        sites: Element and fractional coordinates of each, elements together.
        energy: Total energy, eV.
        edge: Edge of the cell, Å.
        potcars: Title of the pseudopotential of each element.
        hubbards: U of each element, eV; None for a run without.
        gga: The tag GGA.
        metagga: The tag METAGGA.
        cutoff: Cutoff of the plane waves, eV.
        electronic_steps: Electronic steps in each ionic step; NELM is 60.
        ionic_steps: Ionic steps.
        nsw: Most ionic steps.
        gap: Band gap, eV.
        prolog: What the file begins with.
    """
    elements = list(dict.fromkeys(symbol for symbol, _ in sites))
    us = [f"{(hubbards or {}).get(symbol, 0.0):.4f}" for symbol in elements]
    plus_u = (
        f'<i type="logical" name="LDAU"> T </i><v name="LDAUU"> {" ".join(us)} </v>'
        f'<v name="LDAUJ"> {" ".join("0.0" for _ in us)} </v>'
        if hubbards
        else ""
    )
    atoms = "".join(
        f"<rc><c>{symbol}</c><c>{elements.index(symbol) + 1}</c></rc>" for symbol, _ in sites
    )
    types = "".join(
        f"<rc><c>{sum(s == symbol for s, _ in sites)}</c><c>{symbol}</c><c>10.0</c><c>6.0</c>"
        f"<c>{potcars[symbol]}</c></rc>"
        for symbol in elements
    )
    energies = (
        f'<energy><i name="e_fr_energy"> {energy:.8f} </i><i name="e_wo_entrp"> {energy:.8f} </i>'
        f'<i name="e_0_energy"> {energy:.8f} </i></energy>'
    )
    structure = _structure(sites, edge)
    zero = "".join("<v> 0.0 0.0 0.0 </v>" for _ in sites)
    step = (
        f"{'<scstep>' + energies + '</scstep>'}" * electronic_steps
        + structure.format(name="")
        + f'<varray name="forces">{zero}</varray>'
        + '<varray name="stress">' + "<v> 0.0 0.0 0.0 </v>" * 3 + "</varray>"
        + energies
        + _eigenvalues(gap)
    )  # fmt: skip
    return f"""{prolog}
<modeling>
 <generator><i name="program" type="string">vasp </i><i name="version" type="string">5.4.4 </i>
  <i name="date" type="string">2020 01 01 </i><i name="time" type="string">00:00:00 </i></generator>
 <incar><i name="ENCUT"> {cutoff} </i><i type="int" name="NELM"> 60 </i>
  <i type="string" name="METAGGA"> {metagga} </i>{plus_u}</incar>
 <kpoints><generation param="Gamma"><v type="int" name="divisions"> 1 1 1 </v>
  <v name="usershift"> 0.0 0.0 0.0 </v></generation>
  <varray name="kpointlist"><v> 0.0 0.0 0.0 </v></varray>
  <varray name="weights"><v> 1.0 </v></varray></kpoints>
 <parameters><i name="ENMAX"> {cutoff} </i><i type="int" name="NELM"> 60 </i>
  <i type="int" name="NSW"> {nsw} </i><i type="int" name="IBRION"> {2 if nsw else -1} </i>
  <i type="string" name="GGA"> {gga} </i>
  <i type="logical" name="LDAU"> {"T" if hubbards else "F"} </i>
  <i type="logical" name="LHFCALC"> F </i><i name="AEXX"> 0.0 </i><i name="HFSCREEN"> 0.0 </i>
  <i type="int" name="ISPIN"> 1 </i><i name="EFERMI"> 0.5 </i></parameters>
 <atominfo><atoms> {len(sites)} </atoms><types> {len(elements)} </types>
  <array name="atoms"><dimension dim="1">ion</dimension><field type="string">element</field>
   <field type="int">atomtype</field><set>{atoms}</set></array>
  <array name="atomtypes"><dimension dim="1">type</dimension><field type="int">atomspertype</field>
   <field type="string">element</field><field>mass</field><field>valence</field>
   <field type="string">pseudopotential</field><set>{types}</set></array></atominfo>
 {structure.format(name='name="initialpos"')}
 {f"<calculation>{step}</calculation>" * ionic_steps}
 {structure.format(name='name="finalpos"')}
</modeling>
"""


def _structure(sites: Sequence[tuple[str, tuple[float, float, float]]], edge: float) -> str:
    rows = "".join("<v> {:.6f} {:.6f} {:.6f} </v>".format(*place) for _, place in sites)
    basis = "".join(
        f"<v> {edge if i == 0 else 0.0} {edge if i == 1 else 0.0} {edge if i == 2 else 0.0} </v>"
        for i in range(3)
    )
    return (
        '<structure {name}><crystal><varray name="basis">'
        f"{basis}</varray></crystal>"
        f'<varray name="positions">{rows}</varray></structure>'
    )


def _eigenvalues(gap: float) -> str:
    bands = f"<r> 0.0 1.0 </r><r> {gap} 0.0 </r>"
    return (
        '<eigenvalues><array><dimension dim="1">band</dimension>'
        '<dimension dim="2">kpoint</dimension><dimension dim="3">spin</dimension>'
        "<field>eigene</field><field>occ</field>"
        f'<set><set comment="spin 1"><set comment="kpoint 1">{bands}</set></set></set>'
        "</array></eigenvalues>"
    )


K2S = (("K", (0.25, 0.25, 0.25)), ("K", (0.75, 0.75, 0.75)), ("S", (0.0, 0.0, 0.0)))
