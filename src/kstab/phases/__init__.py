"""Phases with their energies: tables, hulls, errors, products."""
