"""The linear programme on plain arrays, and its three sweeps."""
