"""Where the Materials Project is asked, and with whose key.

The key is the user's own. It is sent to the endpoint and goes nowhere else: it is in no
representation, no message and no file that kstab writes.
"""

import os
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from kstab.base.safe_text import printable
from kstab.errors import RequestError, ServiceError

PUBLIC: Final = "https://api.materialsproject.org/"
"""The endpoint where no other is named."""

ENDPOINTS: Final = ("MPRESTER_ENDPOINT", "MP_API_ENDPOINT")
"""Environment variables that name another endpoint, the first that is set counts."""

KEYS: Final = ("MP_API_KEY", "PMG_MAPI_KEY")
"""Environment variables that hold the key, the first that is set counts."""

GET_A_KEY: Final = (
    "Copy your key from https://next-gen.materialsproject.org/api into the environment variable "
    "MP_API_KEY."
)

_KEY: Final = re.compile(r"[0-9A-Za-z]{32}")
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_LONGEST: Final = 200  # characters of a service's own words


@dataclass(frozen=True)
class Account:
    """Whom to ask, and with which key.

    Attributes:
        endpoint: Address of the service, with a slash at its end.
        key: The key.

    >>> Account("https://example.org/", "secret")
    Account(endpoint='https://example.org/')
    """

    endpoint: str
    key: str = field(repr=False)

    def words(self, text: str) -> str:
        """Return a text of the service as it may be shown: printable, short, without the key."""
        shown = " ".join(printable(text.replace(self.key, "(key)")).split())
        return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} ..."


def account(key: str | None = None, endpoint: str | None = None) -> Account:
    """Return whom to ask; what is not given is looked for where it usually is.

    Raises:
        RequestError: There is no key, or the endpoint is no address that a key may be sent to.
        ServiceError: The key is none of the Materials Project.
    """
    return Account(address(endpoint), _key(key))


def address(endpoint: str | None = None) -> str:
    """Return the endpoint: the one given, that of the environment, or the public one.

    Raises:
        RequestError: It is no address that a key may be sent to.

    >>> address("https://API.example.org/v1")
    'https://api.example.org/v1/'
    """
    named = endpoint or next(filter(None, map(os.environ.get, ENDPOINTS)), PUBLIC)
    remedy = f"Correct or remove {' and '.join(ENDPOINTS)}; the public one is {PUBLIC}"
    try:
        parts = urlsplit(named.strip())
        host, port, secret = parts.hostname or "", parts.port, parts.username or parts.password
    except ValueError:
        host, port, secret = "", None, None
    if not host or parts.scheme not in ("https", "http") or parts.query or parts.fragment:
        raise RequestError("The endpoint of the Materials Project is no web address.", remedy)
    if secret or (parts.scheme == "http" and host not in _LOOPBACK):
        raise RequestError(
            "The endpoint of the Materials Project must be https, without a password in it, so "
            "that nobody reads your key.",
            remedy,
        )
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port else ""
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}/"


def _key(given: str | None) -> str:
    found = (given or next(filter(None, map(os.environ.get, KEYS)), None) or _from_file()).strip()
    if not found:
        raise RequestError("There is no key of the Materials Project.", GET_A_KEY)
    if not _KEY.fullmatch(found):  # would be refused, or end in a message about a bad header
        raise ServiceError(
            "The Materials Project", "has no such keys: they are 32 letters and digits", GET_A_KEY
        )
    return found


def _from_file() -> str:
    """The key of pymatgen's settings file, which is slow to ask for."""
    from pymatgen.core import SETTINGS

    return str(SETTINGS.get("PMG_MAPI_KEY") or "")
