"""What the names of inorganic compounds mean: the formula that a systematic name stands for.

Names are how the CRC tables say which compound was measured; formulas in collections of
identifiers are made from connection tables and often wrong for salts.
"""

import re
from math import gcd

from kstab.chemistry.composition import Formula
from kstab.chemistry.elements import SYMBOLS
from kstab.errors import FormulaError

NAMES = """
    hydrogen helium lithium beryllium boron carbon nitrogen oxygen fluorine neon sodium magnesium
    aluminum silicon phosphorus sulfur chlorine argon potassium calcium scandium titanium vanadium
    chromium manganese iron cobalt nickel copper zinc gallium germanium arsenic selenium bromine
    krypton rubidium strontium yttrium zirconium niobium molybdenum technetium ruthenium rhodium
    palladium silver cadmium indium tin antimony tellurium iodine xenon cesium barium lanthanum
    cerium praseodymium neodymium promethium samarium europium gadolinium terbium dysprosium
    holmium erbium thulium ytterbium lutetium hafnium tantalum tungsten rhenium osmium iridium
    platinum gold mercury thallium lead bismuth polonium astatine radon francium radium actinium
    thorium protactinium uranium neptunium plutonium americium curium berkelium californium
    einsteinium fermium mendelevium nobelium lawrencium"""
ELEMENTS = dict(zip(NAMES.split(), SYMBOLS, strict=False))
CATIONS = ELEMENTS | {"ammonium": "NH4", "uranyl": "UO2"}
DIATOMIC = ("H", "N", "O", "F", "Cl", "Br", "I")
ANIONS = {  # formula and charge
    name: (formula, int(charge))
    for name, formula, charge in (
        entry.rsplit(" ", 2)
        for entry in """
    oxide O 2,sulfide S 2,selenide Se 2,telluride Te 2,fluoride F 1,chloride Cl 1,bromide Br 1,
    iodide I 1,nitride N 3,phosphide P 3,arsenide As 3,antimonide Sb 3,hydride H 1,hydroxide OH 1,
    cyanide CN 1,azide N3 1,amide NH2 1,borohydride BH4 1,peroxide O2 2,superoxide O2 1,
    aluminum hydride AlH4 1,hydrogen fluoride HF2 1,carbonate CO3 2,nitrate NO3 1,nitrite NO2 1,
    sulfate SO4 2,sulfite SO3 2,selenate SeO4 2,selenite SeO3 2,phosphate PO4 3,metasilicate SiO3 2,
    orthosilicate SiO4 4,chromate CrO4 2,molybdate MoO4 2,tungstate WO4 2,permanganate MnO4 1,
    perchlorate ClO4 1,chlorate ClO3 1,chlorite ClO2 1,bromate BrO3 1,perbromate BrO4 1,
    iodate IO3 1,periodate IO4 1,thiocyanate CNS 1,cyanate CNO 1,metaborate BO2 1,
    tetraborate B4O7 2,oxalate C2O4 2,hydrogen sulfate HSO4 1,hydrogen carbonate HCO3 1,
    hydrogen phosphate HPO4 2,dihydrogen phosphate H2PO4 1,hydrogen sulfite HSO3 1,
    tetrafluoroborate BF4 1,hexafluorosilicate SiF6 2,oxychloride OCl 3""".replace("\n", "")
        .replace("    ", "")
        .split(",")
    )
}
CHARGES = {  # of a cation whose name carries no numeral
    **dict.fromkeys("Li Na K Rb Cs NH4".split(), 1),
    **dict.fromkeys("Be Mg Ca Sr Ba Ra Zn Cd UO2".split(), 2),
    **dict.fromkeys("B Al Sc Y La Pr Nd Sm Gd Tb Dy Ho Er Tm Lu Bi Ga In".split(), 3),
    **dict.fromkeys("Si Th Hf".split(), 4),
}
ROMAN = {numeral: n for n, numeral in enumerate("i ii iii iv v vi vii viii".split(), 1)}
PREFIXES = {"mon": 1, "di": 2, "tri": 3, "tetra": 4, "tetr": 4, "penta": 5, "pent": 5, "hexa": 6}
MIXED_OXIDES = {"ii,iii": "3 4", "iii,iv": "3 5", "ii,ii,iv": "3 4", "iv,v": "4 9", "v,vi": "3 8"}
TRIVIAL = {  # names that say less than everybody reads in them
    "calcium carbide": "CaC2",
    "chromium iron oxide": "FeCr2O4",
    "gallium suboxide": "Ga2O",
    "iron carbide": "Fe3C",
    "lanthanum monosulfide": "LaS",
    "phosphorus nitride": "PN",
    "silicon carbide": "SiC",
}


def canonical(text: str) -> Formula | None:
    """Return the formula of a text in the project's writing; None where it is none."""
    try:
        return Formula.of(dict(Formula.parse(text).amounts))
    except FormulaError:
        return None


def bare(name: str) -> str:
    """Return a name in small letters without the remark on its form: ``(rutile)``."""
    return re.sub(r"\s+\(.*\)$", "", name).strip().lower()


def from_name(name: str) -> Formula | None:
    """Return the formula a systematic name stands for; None where it leaves that open."""
    if (explicit := re.search(r"\s[(\[]([A-Z]\w*\d\w*)[)\]]$", name)) and canonical(explicit[1]):
        return canonical(explicit[1])
    text = bare(name)
    if text in ELEMENTS:
        symbol = ELEMENTS[text]
        return canonical(symbol + "2" * (symbol in DIATOMIC))
    if text in TRIVIAL:
        return canonical(TRIVIAL[text])
    match = re.fullmatch(r"([a-z]+)(?:\(([ivx,]+)\))? ([a-z ]+)", text)
    if not match or match[1] not in CATIONS:
        return None
    return _salt(CATIONS[match[1]], match[2] or "", match[3])


def _salt(cation: str, numeral: str, anion: str) -> Formula | None:
    if numeral in MIXED_OXIDES and anion == "oxide":
        metal, oxygen = MIXED_OXIDES[numeral].split()
        return canonical(f"{cation}{metal}O{oxygen}")
    if anion not in ANIONS:
        return None if numeral else _counted(cation, anion)
    formula, negative = ANIONS[anion]
    positive = ROMAN.get(numeral, 0) if numeral else CHARGES.get(cation, 0)
    if not positive or (cation in CHARGES and positive > max(3, CHARGES[cation])):
        return None  # indium(IV) is no ion
    if cation == "Hg" and positive == 1:
        cation, positive = "Hg2", 2
    shared = gcd(positive, negative)
    return canonical(f"({cation}){negative // shared}({formula}){positive // shared}")


def _counted(cation: str, anion: str) -> Formula | None:
    for prefix, count in PREFIXES.items():
        rest = anion.removeprefix(prefix)
        rest = rest if rest in ANIONS else f"o{rest}"  # pentoxide
        if anion.startswith(prefix) and rest in ANIONS:
            cations = 2 if count == 5 and rest == "oxide" else 1
            return canonical(f"{cation}{cations}({ANIONS[rest][0]}){count}")
    return None
