"""Phases from files that people have: tables, lists of pymatgen entries, runs of VASP."""
