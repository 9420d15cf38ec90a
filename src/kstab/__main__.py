"""``python -m kstab``."""

from kstab.cli import main

main()
