"""What differs between two sources of energies."""
