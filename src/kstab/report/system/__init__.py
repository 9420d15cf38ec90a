"""The page of a chemical system."""
