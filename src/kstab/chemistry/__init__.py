"""Formulas, ions, conditions and reactions."""
