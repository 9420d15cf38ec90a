"""Freeze entropies and heat capacities: elements and molecules in all their forms, and solids.

    python tools/freeze_heat.py [--check]

Needs the package ``chemicals``; reads ``solids.csv`` and ``phase_changes.csv`` in
``phase_data/experiment`` and writes beside them ``forms.csv``, enthalpy and entropy at 298.15 K
of solid, liquid and gas, ``heat_capacity.csv``, pieces of Cp = a + b T + c T² + d T³ + e/T², and
``nist_solids.csv``, solids of the NIST Chemistry WebBook. The rules are in
``phase_data/README.md``. The same input gives the same bytes; ``--check`` writes nothing and
fails if they differ from what is there.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from freeze_experiment import FOLDER, _same, _table, number
from heat_sources import (
    Form,
    FormName,
    Pieces,
    Tables,
    constant_heat,
    debye_pieces,
    joined,
)
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import COLDEST, HOTTEST, HeatCapacity, heating

RED_PHOSPHORUS: Final = 22.8
"""Entropy, J/(mol K) (Wagman et al. 1982)."""
RECALLED: Final = {"Np": 50.5, "Pm": 71.0, "Pu": 54.5, "Tc": 32.5}
"""Entropies of elements that no table here has, J/(mol K), recalled from the reviews of the OECD
Nuclear Energy Agency; that of Pm lies between its neighbours' 71.5 and 69.6."""
ARSENIC_VAPOUR: Final = (143.9, 314.0, 77.0)
"""Enthalpy, entropy and heat capacity of As4, recalled from Wagman et al. 1982."""
MONATOMIC: Final = 20.786  # J/(mol K): 5/2 R, of an atom whose electrons stay as they are
ICE: Final = (273.15, 6.01, (2.0, 0.131, 0.0, 0.0, 0.0))
"""Melting point, K, heat of fusion, kJ/mol, and heat capacity of ice, J/(mol K), recalled from
R. Feistel and W. Wagner, J. Phys. Chem. Ref. Data 35 (2006) 1021."""


def _numbers(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


MOLECULES: Final = _numbers("""
    AsCl3=7784-34-1 AsF3=7784-35-2 AsH3=7784-42-1 B2F4=13965-73-6 B2H6=19287-45-7 B5H9=19624-22-7
    BBr3=10294-33-4 BCl3=10294-34-5 BF3=7637-07-2 BrF3=7787-71-5 BrF5=7789-30-2 C2H2=74-86-2
    C2N2=460-19-5 CCl4=56-23-5 CF4=75-73-0 CH4=74-82-8 CO=630-08-0 CO2=124-38-9 COCl2=75-44-5
    COS=463-58-1 CS2=75-15-0 Cl2O=7791-21-1 ClF=7790-89-8 ClF3=7790-91-2
    ClO2=10049-04-4 CrO2Cl2=14977-61-8 GeBr4=13450-92-5 GeCl4=10038-98-9 GeH4=7782-65-2
    H2O=7732-18-5 H2O2=7722-84-1 H2S=7783-06-4 H2SO4=7664-93-9 H2Se=7783-07-5 HBr=10035-10-6
    HCN=74-90-8 HCl=7647-01-0 HF=7664-39-3 HI=10034-85-2 HNO3=7697-37-2 IF5=7783-66-6
    MoF6=7783-77-9 N2F4=10036-47-2 N2O=10024-97-2 N2O3=10544-73-7 N2O4=10544-72-6
    N2O5=10102-03-1 NH3=7664-41-7 NO=10102-43-9 NO2=10102-44-0 NOCl=2696-92-6
    NOF=7789-25-5 Ni(CO)4=13463-39-3 OF2=7783-41-7 PBr3=7789-60-8 PCl3=7719-12-2
    PF5=7647-19-0 PH3=7803-51-2 POCl3=10025-87-3
    S2Cl2=10025-67-9 SCl2=10545-99-0 SF4=7783-60-0 SF6=2551-62-4 SO2=7446-09-5 SO2Cl2=7791-25-5
    SO2F2=2699-79-8 SO3=7446-11-9 SOCl2=7719-09-7 SOF2=7783-42-8 SbH3=7803-52-3
    SiBr4=7789-66-4 SiCl4=10026-04-7 SiF4=7783-61-1 SiH4=7803-62-5 SnCl4=7646-78-8 SnH4=2406-52-2
    TiCl4=7550-45-0 UF6=7783-81-5 VCl4=7632-51-1 VOCl3=7727-18-6 WF6=7783-82-6""")
"""Compounds that are gases or molecular liquids at 298 K or evaporate near by: CAS numbers."""
VAPOURS: Final = _numbers("""
    As2=23878-46-8 Br2=7726-95-6 Cl2=7782-50-5 Cs2=12184-83-7 F2=7782-41-4 H2=1333-74-0
    Hg=7439-97-6 I2=7553-56-2 K2=25681-80-5 Li2=14452-59-6 N2=7727-37-9 Na2=25681-79-2
    O2=7782-44-7 P2=12185-09-0 P4=12185-10-3 Rb2=25681-81-6 S2=23550-45-0 S3=12597-03-4
    S4=19269-85-3 S5=12597-10-3 S6=13798-23-7 S7=21459-04-1 S8=10544-50-0 Sb2=32679-33-7
    Se2=12185-17-0 Te2=10028-16-7""")
"""Molecules of the elements' vapours; single atoms are added where an element boils."""
SOLIDS: Final = _numbers("""
    K2SiO3=10006-28-7 CoF3=10026-18-3 Fe2(SO4)3=10028-22-5 Mg2SiO4=10034-94-3 H3BO3=10043-35-3
    ZrCl3=10241-03-9 MoCl5=10241-05-1 Li2C2=1070-75-3 LiAlO2=12003-67-7 Al2BeO4=12004-06-7
    TiB=12007-08-8 MgB2=12007-25-9 K2B6O10=12007-40-8 Na2B6O10=12007-42-0 Li2B4O7=12007-60-2
    PbB4O7=12007-64-6 MgB4=12007-74-8 K2B8O13=12008-39-8 Li2B8O13=12008-40-1 Cr3C2=12012-35-0
    Li2TiO3=12031-82-2 MgTiO3=12032-30-3 MgTi2O5=12032-35-8 Mg2TiO4=12032-52-9 Mo2S3=12033-33-9
    NiS2=12035-51-7 Ni3S2=12035-72-2 TiB2=12045-63-5 ZrB2=12045-64-6 Cr2N=12053-27-9
    Mg3N2=12057-71-5 MgAl2O4=12068-51-8 B4C=12069-32-8 TaC=12070-06-3 TiC=12070-08-5
    ZrC=12070-14-3 Cr7C3=12075-40-0 Cr23C6=12105-81-6 MgC2=12122-46-2 P3N5=12136-91-3
    Ni3S4=12137-12-1 Ti4O7=12143-55-4 Mg2C3=12151-74-5 Al6BeO10=12253-74-6 Al4C3=1299-86-1
    NaAlO2=1302-42-7 Na5Al3F14=1302-84-7 Fe(OH)3=1309-33-7 P4S3=1314-85-8 K2B4O7=1332-77-0
    MoCl4=13320-71-3 MoBr2=13446-56-5 MoBr3=13446-57-6 HBO2=13460-50-9 SiI4=13465-84-4
    TiF3=13470-08-1 WBr5=13470-11-6 WCl2=13470-12-7 WCl4=13470-13-8 WCl5=13470-14-9
    Na2WO4=13472-45-2 CuF=13478-41-6 NbBr5=13478-45-0 MoBr4=13520-59-7 WO2Cl2=13520-76-8
    WOCl4=13520-78-0 WOF4=13520-79-1 Li2Si2O5=13568-46-2 MgWO4=13573-11-0 AlOCl=13596-11-7
    MoCl6=13706-19-9 SiS2=13759-10-9 K3AlF6=13775-52-5 MgSiO3=13776-74-4 ZrI3=13779-87-8
    K3AlCl6=13782-08-6 TiI2=13783-07-8 TiI3=13783-08-9 ZrF3=13814-22-7 KAlCl4=13821-13-1
    Li3AlF6=13821-20-0 ZrF2=13842-94-9 Na2Si2O5=13870-28-5 Li2BeF4=13874-36-7 Hg2F2=13967-25-4
    MoI3=14055-75-5 MoI4=14055-76-6 KBF4=14075-53-7 PbB2O4=14720-53-7 Be2SiO4=15191-85-2
    ZrI2=15513-85-6 LiBeF3=15552-34-8 P4O10=16752-60-6 BeWO4=18304-19-3 Fe(OH)2=18624-44-7
    Mg2Si=22831-39-6 CrN=24094-93-7 ZrBr2=24621-17-8 ZrBr3=24621-18-9 VN=24646-85-3
    TiN=25583-20-4 ZrN=25658-42-8 Li3N=26134-62-3 Be2C=506-66-1 Na3AlCl6=60172-46-5
    K3Al2Cl9=74978-20-4 H3PO4=7664-38-2 TiH2=7704-98-5 Mg3(PO4)2=7757-87-1 H2WO4=7783-03-1
    HgF2=7783-39-3 FeF3=7783-50-8 TiF4=7783-63-3 NaAlCl4=7784-16-9""")
"""Solids of the NIST Chemistry WebBook that the handbook's table of solids lacks."""
LIQUIDS: Final = {"Br2": "7726-95-6", "Hg": "7439-97-6"}
"""Elements that are liquid at 298 K."""


def main() -> int:
    """Freeze, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    files = freeze(Tables())
    stale = [name for name, text in files.items() if not _same(FOLDER / name, text)]
    if check:
        print(f"differs: {', '.join(stale)}" if stale else "heat capacities are as their source")
        return bool(stale)
    for name in stale:
        (FOLDER / name).write_text(files[name], encoding="utf-8", newline="\n")
        print(f"wrote {name}, {files[name].count(chr(10)) - 1} rows")
    return 0


def freeze(tables: Tables) -> dict[str, str]:
    """Return the files made from the tables: name and text."""
    forms = [*elements(tables), *molecules(tables)]
    standard = [
        [
            each.formula,
            each.form,
            *map(number, (round(each.enthalpy, 3), round(each.entropy, 3), each.low, each.high)),
            each.source,
        ]
        for each in forms
    ]
    heats = [(each.formula, each.form, each.heat_source, each.pieces) for each in forms]
    pieces = [
        [formula, form, source, *map(number, (piece.low, piece.high, *piece.coefficients))]
        for formula, form, source, heat in (*heats, *compounds(tables))
        for piece in heat
    ]
    standard.sort()
    pieces.sort(key=lambda row: (row[:2], float(row[3])))
    return {
        "forms.csv": _table(
            "formula form enthalpy_kJ_mol entropy_J_mol_K from_K to_K source".split(), standard
        ),
        "heat_capacity.csv": _table("formula form source from_K to_K a b c d e".split(), pieces),
        "nist_solids.csv": _table(
            "formula cas enthalpy_kJ_mol entropy_J_mol_K".split(), sorted(nist_solids(tables))
        ),
    }


def elements(tables: Tables) -> Iterator[Form]:
    """Yield the solid, the liquid and the molecules of the vapour of each element."""
    for row in tables.solids:
        known = row["entropy_J_mol_K"] or row["formula"] in RECALLED
        if known and len(Formula.parse(row["formula"]).elements) == 1:
            yield from _element(tables, row)
    heat = debye_pieces(RECALLED["Np"])  # the handbook does not list it at all
    yield Form("Np", "solid", 0.0, RECALLED["Np"], "recalled", heat, "Debye")
    for formula, cas in LIQUIDS.items():
        yield from _known(tables, cas, "liquid", formula)
    for formula, cas in VAPOURS.items():
        yield from _known(tables, cas, "gas", formula)
    enthalpy, entropy, capacity = ARSENIC_VAPOUR
    yield Form("As4", "gas", enthalpy, entropy, "recalled", constant_heat(capacity), "recalled")


def _element(tables: Tables, row: dict[str, str]) -> Iterator[Form]:
    """The forms of an element that is solid at 298 K."""
    formula, cas = row["formula"], row["cas"]
    entropy, source = _element_entropy(tables, row)
    pieces, heat_source = tables.heat(cas, "solid", formula)
    if heat_source in ("", "CRC"):  # one value, or none
        pieces, heat_source = debye_pieces(entropy), "Debye"
    solid = Form(formula, "solid", 0.0, entropy, source, pieces, heat_source)
    change = tables.changes.get(formula)
    if change is None:
        yield solid
        return
    melting = float(change["melting_K"])
    yield replace(solid, high=melting)
    yield _molten(tables, cas, solid, melting, float(change["fusion_kJ_mol"]))
    if change["boiling_K"] and float(change["boiling_K"]) <= HOTTEST and formula not in VAPOURS:
        yield from _known(tables, cas, "gas", formula)


def _element_entropy(tables: Tables, row: dict[str, str]) -> tuple[float, str]:
    """The entropy of the form that energies count from, J/(mol K), and its source."""
    formula = row["formula"]
    if formula == "P":
        return RED_PHOSPHORUS, "Wagman"
    if formula in RECALLED:
        return RECALLED[formula], "recalled"
    if "other_form" in row["flags"]:
        return tables.entropies[formula], "CRC"
    return float(row["entropy_J_mol_K"]), "CRC"


def _molten(tables: Tables, cas: str, solid: Form, melting: float, fusion: float) -> Form:
    """The liquid that is as stable as the solid at the melting point."""
    pieces, source = tables.heat(cas, "liquid", solid.formula)
    if not pieces:
        change = heating(solid.pieces, melting + 0.5)[0] - heating(solid.pieces, melting - 0.5)[0]
        pieces, source = constant_heat(round(change, 3)), "as solid"
    liquid = Form(solid.formula, "liquid", 0.0, 0.0, "CRC", pieces, source, low=melting)
    return joined(liquid, solid, melting, fusion)


def _known(tables: Tables, cas: str, form: FormName, formula: str) -> Iterator[Form]:
    """A form, if its enthalpy and entropy are known."""
    found = tables.standard(cas, form, formula)
    if found is None:
        return
    pieces, source = tables.heat(cas, form, formula)
    if form == "gas" and Formula.parse(formula).atoms == 1 and source in ("", "CRC"):
        pieces, source = constant_heat(MONATOMIC), "monatomic"
    if not pieces:
        raise ValueError(f"{formula}: no heat capacity of the {form}")
    yield Form(formula, form, *found, pieces, source)


def molecules(tables: Tables) -> Iterator[Form]:
    """Yield the forms of each molecular compound that the tables know."""
    for formula, cas in MOLECULES.items():
        gas = next(_known(tables, cas, "gas", formula), None)
        liquid = _liquid(tables, cas, formula, gas)
        yield from (form for form in (gas, liquid) if form is not None)
        if formula == "H2O" and liquid is not None:
            melts, fusion, capacity = ICE
            heat: Pieces = (HeatCapacity(COLDEST, melts, capacity),)
            ice = Form(formula, "solid", 0.0, 0.0, "CRC", heat, "recalled")
            yield joined(ice, liquid, melts, -fusion)
        elif tables.heat(cas, "solid", formula)[0]:
            yield from _known(tables, cas, "solid", formula)


def _liquid(tables: Tables, cas: str, formula: str, gas: Form | None) -> Form | None:
    """A liquid: as tabulated, or as stable as the gas at the boiling point.

    Where the enthalpy is known at 298.15 K the boiling point gives the entropy, else the heat of
    vaporization there gives both; what boils below 200 K is left out.
    """
    pieces, source = tables.heat(cas, "liquid", formula)
    if not pieces and gas is not None:
        pieces, source = gas.pieces, "as gas"
    found = tables.standard(cas, "liquid", formula)
    if found:
        return Form(formula, "liquid", *found, pieces, source)
    boiling, heat = tables.boiling(cas)
    enthalpy = tables.enthalpy(cas, "liquid", formula)
    if gas is None or boiling < COLDEST or (enthalpy is None and not heat):
        return None
    liquid = Form(formula, "liquid", enthalpy or 0.0, 0.0, "CRC", pieces, source)
    if enthalpy is None:
        return joined(liquid, gas, boiling, -heat)
    change, _ = heating(pieces, boiling)
    (at_boiling, _) = heating(gas.pieces, boiling)
    heat = gas.enthalpy - enthalpy + (at_boiling - change) / 1000.0
    return joined(liquid, gas, boiling, -heat)


def compounds(tables: Tables) -> Iterator[tuple[str, FormName, str, Pieces]]:
    """Yield the heat capacities of solid compounds that are known as functions of temperature."""
    known = {row["formula"]: row["cas"] for row in tables.solids} | SOLIDS
    for formula, cas in known.items():
        if len(Formula.parse(formula).elements) > 1 and cas not in MOLECULES.values():
            pieces, source = tables.heat(cas, "solid", formula)
            if source not in ("", "CRC"):
                yield formula, "solid", source, pieces


def nist_solids(tables: Tables) -> Iterator[list[str]]:
    """Yield enthalpy and entropy of solid compounds in the NIST Chemistry WebBook."""
    known = {row["formula"]: row["cas"] for row in tables.solids if row["cas"]}
    for formula, cas in (known | SOLIDS).items():
        row = tables.webbook.get(cas.replace("-", ""), {})
        if len(Formula.parse(formula).elements) > 1 and row.get("Hfs") and row["S0s"]:
            enthalpy, entropy = float(row["Hfs"]) / 1000.0, float(row["S0s"])
            yield [formula, cas, number(enthalpy), number(entropy)]


if __name__ == "__main__":
    sys.exit(main())
