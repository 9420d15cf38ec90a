"""What forms where two phases meet."""
