"""``python -m kstab``, and the command ``kstab``."""

import sys


def main() -> None:
    """Load the command line and run it; an interruption while loading is one too."""
    try:
        from kstab import cli

        cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
