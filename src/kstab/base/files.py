"""Writing files so that a full disk or an interruption never costs what was there."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from kstab.errors import DataError


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a new file beside ``path``, and put it in its place when complete.

    A link stays a link, to a file that is new; what is no file (a pipe, a device) is
    written to as it is.

    Raises:
        DataError: The file cannot be written; what was there before is untouched.
    """
    temporary: Path | None = None
    try:
        place = path.resolve()
        if place.exists() and not place.is_file():
            write(place)
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=place.parent)
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        # mkstemp makes files private; a report is as public as any new file.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(place)
    except OSError as error:
        raise DataError(
            str(path),
            f"it cannot be written ({error.strerror or error})",
            "Choose another place; whatever was there before is unchanged.",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
