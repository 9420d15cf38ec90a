"""The version of kstab."""

__version__ = "0.2.0"
