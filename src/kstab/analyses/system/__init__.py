"""The phases of a chemical system."""
