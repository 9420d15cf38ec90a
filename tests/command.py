"""Run the command line in a process of its own, 80 columns wide."""

import os
import subprocess
import sys


def run(*arguments, **options):
    kept = {name: value for name, value in os.environ.items() if name != "KSTAB_DISABLE_PLUGINS"}
    environment = {
        **kept,
        "COLUMNS": "80",
        "PYTHONIOENCODING": "utf-8",
        **options.pop("env", {}),
    }
    return subprocess.run(
        [sys.executable, "-m", "kstab", *arguments],
        capture_output=True, text=True, encoding="utf-8", env=environment, timeout=120, **options,
    )  # fmt: skip
