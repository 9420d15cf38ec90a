"""Asking a web service politely: not too often, not for ever, and again where that may help.

Imported when something is fetched, since it needs requests.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from json import JSONDecodeError, loads
from typing import Any, Final

import requests
import urllib3
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from kstab.errors import ServiceError
from kstab.sources.mp_account import GET_A_KEY, Account
from kstab.version import __version__

_PIECE: Final = 1 << 16  # bytes read at once
_MEGABYTE: Final = 1 << 20
_LATER: Final = "Run the same command again later; what was fetched so far is stored."
_SEE_OTHER: Final = range(300, 400)
_PASSING: Final = (HTTPStatus.TOO_MANY_REQUESTS, 500, 502, 503, 504)

_REFUSALS: Final[dict[int, tuple[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: ("does not accept the key", GET_A_KEY),
    HTTPStatus.FORBIDDEN: (
        "refuses access",
        f"{GET_A_KEY} Its terms of use may need your consent there.",
    ),
    HTTPStatus.NOT_FOUND: (
        "does not have what was asked for",
        "Check the endpoint, and whether there is a newer mp-api.",
    ),
}
"""What is wrong with a question, and what to do."""


@dataclass(frozen=True)
class Patience:
    """How patient to be with a service.

    Attributes:
        silence: Seconds to wait for the next byte.
        answer: Seconds that one answer may take.
        size: Bytes that one answer may have, unpacked.
        attempts: How often to ask for the same thing.
        pause: Seconds before the second attempt; twice as long before each later one.
        longest_pause: Seconds to wait at most; a service that asks for more is not asked again.
        interval: Seconds between two requests.
    """

    silence: float = 20.0
    answer: float = 300.0
    size: int = 512 * _MEGABYTE
    attempts: int = 4
    pause: float = 1.0
    longest_pause: float = 60.0
    interval: float = 0.2


class _PassingError(Exception):
    """A fault that may be gone the next time."""

    def __init__(self, reason: str, status: int | None = None, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.status, self.wait = reason, status, wait


class Session(requests.Session):
    """A session that mp-api asks with; every fault is a ServiceError.

    Args:
        account: Whom to ask.
        patience: How patient to be.

    Attributes:
        total: How many documents the service says the last question has.
    """

    def __init__(self, account: Account, patience: Patience) -> None:
        super().__init__()
        self._account, self._patience, self._last = account, patience, -patience.interval
        self.headers["x-api-key"] = account.key
        self.headers["User-Agent"] = f"kstab/{__version__} {self.headers['User-Agent']}"
        self.total = 0

    def get(self, url: Any, params: Any = None, **options: Any) -> requests.Response:
        """Return a page of documents, as mp-api asks for it.

        Raises:
            ServiceError: There is none.
        """
        headers = options.get("headers")
        body, answer = self._persist(url, _is_page, params=params, headers=headers)
        self.total = answer["meta"]["total_doc"]
        page = requests.Response()
        page.status_code, page.url, page.encoding = HTTPStatus.OK, url, "utf-8"
        page.raw = BytesIO(body)
        return page

    def heartbeat(self) -> dict[str, Any]:
        """Return what the service says of itself; the key is not sent.

        Raises:
            ServiceError: It says nothing.
        """
        url, without = f"{self._account.endpoint}heartbeat", {"x-api-key": None}
        return self._persist(url, lambda answer: isinstance(answer, dict), headers=without)[1]

    def fault(self, reason: str, remedy: str = _LATER, status: int | None = None) -> ServiceError:
        """Return the error of a fault of this service."""
        return ServiceError(self._account.endpoint, reason, remedy, status)

    def _persist(
        self, url: str, fits: Callable[[Any], bool], **options: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Ask until there is an answer, some times; the answer as it came and as it reads."""
        patience, tries = self._patience, 0
        while True:
            tries += 1
            try:
                return self._once(url, fits, **options)
            except _PassingError as fault:
                # Some services ask to wait 0 s, which would be no wait at all.
                pause = min(patience.pause * 2 ** (tries - 1), patience.longest_pause)
                wait = max(fault.wait, pause)
                if tries >= patience.attempts or wait > patience.longest_pause:
                    asks = f" and asks to wait {fault.wait:g} s" if fault.wait else ""
                    tried = f" (tried {tries} times)" if tries > 1 else ""
                    reason = f"{fault.reason}{asks}{tried}"
                    raise self.fault(reason, status=fault.status) from None
            time.sleep(wait)

    def _once(
        self, url: str, fits: Callable[[Any], bool], **options: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Ask once."""
        patience = self._patience
        time.sleep(max(0.0, self._last + patience.interval - time.monotonic()))
        self._last = time.monotonic()
        # The key must not follow to another host, so redirections are not followed.
        options |= {"timeout": patience.silence, "stream": True, "allow_redirects": False}
        try:
            with super().get(url, **options) as response:
                body = self._body(response)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise _PassingError(f"did not answer within {patience.silence:g} s") from None
        except requests.ConnectionError as error:
            raise _PassingError(_dropped(error)) from None
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError):
            raise _PassingError("dropped the connection while answering") from None
        return body, self._read(response, body, fits)

    def _body(self, response: requests.Response) -> bytes:
        """The answer as it came; bounded in time and size, however slowly it drips."""
        patience, pieces, size = self._patience, [], 0
        while piece := response.raw.read1(_PIECE, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > patience.size:
                raise self.fault(
                    f"sends more than {patience.size // _MEGABYTE} MB at once",
                    "Ask for fewer elements.",
                )
            if time.monotonic() - self._last > patience.answer:
                raise _PassingError(f"did not finish its answer within {patience.answer:g} s")
        return b"".join(pieces)

    def _read(
        self, response: requests.Response, body: bytes, fits: Callable[[Any], bool]
    ) -> dict[str, Any]:
        """The answer as an object; or the fault that it is."""
        if response.status_code != HTTPStatus.OK:
            raise self._refusal(response, body)
        try:
            answer = loads(body)
        except (JSONDecodeError, UnicodeDecodeError, RecursionError):
            if body.lstrip()[:1] == b"<":
                raise self.fault(
                    "answers with a web page in place of data",
                    "Something between you and it, such as a proxy or the login of a network, "
                    "may have answered; look at the address in a browser.",
                ) from None
            raise _PassingError("sent an answer that is cut off or no JSON") from None
        if not fits(answer):
            raise _PassingError("sent an answer that lacks what was asked for")
        return dict(answer)

    def _refusal(self, response: requests.Response, body: bytes) -> Exception:
        """The fault that an answer with another status is."""
        status, words = response.status_code, self._words(body)
        if status in _PASSING:
            busy = status == HTTPStatus.TOO_MANY_REQUESTS
            reason = "has had too many requests" if busy else "is out of order"
            return _PassingError(reason + words, status, _asked_wait(response))
        if status in _SEE_OTHER:
            return self.fault("points to another address", "Check the endpoint.", status)
        reason, remedy = _REFUSALS.get(status, ("refuses the request", "Report it, please."))
        return self.fault(reason + words, remedy, status)

    def _words(self, body: bytes) -> str:
        """What the service itself says of a fault."""
        try:
            answer = loads(body)
            said = answer.get("detail") or answer.get("message")
        except (ValueError, AttributeError, RecursionError):
            said = None
        return f", saying {self._account.words(said)!r}" if isinstance(said, str) else ""


def _asked_wait(response: requests.Response) -> float:
    """Seconds that the service asks to wait; 0 where it does not say."""
    try:
        asked = response.headers.get("Retry-After", "")
        return Retry(retry_after_max=sys.maxsize).parse_retry_after(asked)
    except (InvalidHeader, ValueError, OverflowError):  # the last two of dates there are none
        return 0.0


def _is_page(answer: Any) -> bool:
    meta = answer.get("meta") if isinstance(answer, dict) else None
    total = meta.get("total_doc") if isinstance(meta, dict) else None
    return isinstance(total, int) and isinstance(answer.get("data"), list)


def _dropped(error: requests.ConnectionError) -> str:
    """What a failed connection means; the error's own text names objects and no causes."""
    text = str(error)
    if "NameResolution" in text or "resolve" in text:
        return "is not found: there is no such host, or no network"
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that cannot be verified"
    if "NewConnectionError" in text:
        return "cannot be reached"
    return "dropped the connection"
