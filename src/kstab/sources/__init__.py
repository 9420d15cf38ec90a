"""Where phases come from: the embedded data set, and lists of pymatgen entries."""
