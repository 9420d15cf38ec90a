"""The version of kstab."""

__version__ = "0.1.0"
