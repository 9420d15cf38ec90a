"""Freeze densities of solids that kstab's own table of measured solids lacks.

    python tools/freeze_densities.py [--check]

That table has the solids with an enthalpy of formation; this one has compounds of the
working ions without one. Needs the package ``chemicals`` for the CRC Handbook's densities. Every
formula below must have the molar mass that the Handbook's molar volume and density give.
Two figures are not from there and say so in the column ``source``; one of unknown origin has a
``relative_error`` of its own.
"""

import argparse
import csv
import io
import sys
from pathlib import Path

from kstab import Formula

TARGET = Path(__file__).parents[1] / "src" / "kstab_pilling_bedworth" / "densities.csv"
COLUMNS = ("formula", "name", "cas", "density_g_cm3", "relative_error", "source")
CRC = "CRC Handbook of Chemistry and Physics"
OTHERS = (
    ("K", "Potassium", "7440-09-7", "0.862", "", "0.8621 at 20 °C (potassium.atomistry.com)"),
    # No origin was found, and the PBE volume, which is mostly too large, gives 1.94 g/cm³.
    ("K2S5", "Potassium pentasulfide", "12136-50-4", "2.128", "0.1", "origin unknown"),
)
FORMULAS = dict(
    pair.split("=")
    for pair in """
    7790-62-7=K2S2O7 1312-74-9=K2Se 7727-21-1=K2S2O8 7778-50-9=K2Cr2O7 7789-00-6=K2CrO4
    7790-59-2=K2SeO4 7790-60-5=K2WO4 13446-49-6=K2MoO4 12030-85-2=KNbO3 12030-97-6=K2TiO3
    13464-36-3=K3AsO4 14075-53-7=KBF4 16731-55-8=K2S2O5 13455-20-4=K2S2O6 20762-60-1=KN3
    1310-61-8=KHS 590-28-3=KCNO 7784-41-0=KH2AsO4 16923-95-8=K2ZrF6
    1313-85-5=Na2Se 7601-54-9=Na3PO4 7722-88-5=Na4P2O7 16721-80-5=NaHS 7775-11-3=Na2CrO4
    13472-45-2=Na2WO4 12034-09-2=NaNbO3 13775-53-6=Na3AlF6 16925-25-0=NaSbF6 7784-16-9=NaAlCl4
    26134-62-3=Li3N 1070-75-3=Li2C2 12031-63-9=LiNbO3 13568-40-6=Li2MoO4
    13568-45-1=Li2WO4 13762-75-9=LiPO3 19597-69-4=LiN3 13478-14-3=Li3AsO4
    31083-74-6=Rb2S 31052-43-4=Rb2Se 18909-68-7=RbBF4 22756-36-1=RbN3 18909-69-8=CsBF4
    22750-57-8=CsN3 12057-71-5=Mg3N2 12057-74-8=Mg3P2 12057-75-9=Mg3Sb2 12044-49-4=Mg3As2
    22831-39-6=Mg2Si 1310-52-7=Mg2Ge 1313-08-2=Mg2Sn 1313-04-8=MgSe 12068-51-8=MgAl2O4
    12007-25-9=MgB2 12013-82-0=Ca3N2 1305-99-3=Ca3P2 1305-84-6=CaSe 12013-57-9=CaTe
    12049-50-2=CaTiO3 12013-56-8=CaSi2 1313-49-1=Zn3N2 1314-84-7=Zn3P2 1315-11-3=ZnTe
    12039-35-9=ZnSb 12006-40-5=Zn3As2 22831-42-1=AlAs 25152-52-7=AlSb 1299-86-1=Al4C3
    12041-50-8=AlB2""".split()
)


def main() -> int:
    """Freeze, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    text = freeze()
    if check:
        same = TARGET.exists() and TARGET.read_bytes() == text.encode()
        print("densities are as their source" if same else "differs: densities.csv")
        return not same
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {TARGET.name}, {text.count(chr(10)) - 1} rows")
    return 0


def freeze() -> str:
    """Return the text of the table.

    Raises:
        ValueError: A formula has another molar mass than the Handbook's figures give.
    """
    import chemicals

    folder = Path(chemicals.__file__).parent
    volumes = _read(folder / "Density" / "CRC Solid Inorganic Constant Densities.tsv")
    constants = _read(folder / "Misc" / "Physical Constants of Inorganic Compounds.csv")
    rows = list(OTHERS)
    for cas, text in FORMULAS.items():
        formula, row = Formula.parse(text), constants[cas]
        density = float(row["rho"]) / 1000.0
        mass = float(volumes[cas]["Vm"]) * density * 1e6
        if abs(mass / formula.mass - 1.0) > 1e-3:
            raise ValueError(f"{row['Chemical']} {cas}: {mass:.2f} g/mol, not {formula.mass:.2f}")
        rows.append((formula.text, row["Chemical"], cas, f"{density:.10g}", "", CRC))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted(rows))
    return stream.getvalue()


def _read(path: Path) -> dict[str, dict[str, str]]:
    """Rows of a tab-separated table by CAS number."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["CAS"]: row for row in csv.DictReader(stream, delimiter="\t")}


if __name__ == "__main__":
    sys.exit(main())
