"""Entropies and heat capacities of solids: what was measured, the fit, and how good it is."""
