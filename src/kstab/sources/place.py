"""Where the store of phases is. Asking imports nothing, since each window asks."""

import os
import sys
from pathlib import Path
from typing import Final

HOME: Final = "KSTAB_DATA_HOME"
"""Environment variable: folder of the store; else the platform's folder for user data."""

_FILE: Final = "phases.sqlite"


def home() -> Path:
    """Return the folder of the store, which need not exist."""
    given = os.environ.get(HOME)
    if given:
        return Path(given).expanduser()
    if sys.platform == "linux" and "ANDROID_ROOT" not in os.environ:
        # What platformdirs says there, without the time that importing it takes.
        folder = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
        return Path(folder).expanduser() / "kstab"
    from platformdirs import user_data_path

    return user_data_path("kstab", appauthor=False)


def file(folder: Path | None = None) -> Path:
    """Return the file of the store in a folder, or in :func:`home`; it need not exist."""
    return (folder or home()) / _FILE
