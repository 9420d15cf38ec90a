"""The Materials Project through mp-api, which is slow to import and imported here alone."""

import re
import warnings
from collections.abc import Sequence
from typing import Any, Final

from kstab.errors import KstabError, RequestError, ServiceError
from kstab.sources.materials_project import INSTALL
from kstab.sources.mp_account import Account
from kstab.sources.mp_documents import (
    GAP_FIELDS,
    THERMO_FIELDS,
    THERMO_TYPE,
    Database,
    DocumentError,
    Documents,
    read_documents,
)
from kstab.sources.mp_session import Patience, Session

_DATABASE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


class Client:
    """Asks the Materials Project.

    Args:
        account: Whom to ask, and with which key.
        patience: How patient to be.
    """

    def __init__(self, account: Account, patience: Patience) -> None:
        self._account, self._patience = account, patience
        self._session = Session(account, patience)

    def database(self) -> Database:
        """Return what the service says of its database.

        Raises:
            ServiceError: The service does not say its version.
        """
        answer = self._session.heartbeat()
        version, batches = answer.get("db_version"), answer.get("access_controlled_batch_ids")
        if not isinstance(version, str) or not _DATABASE.fullmatch(version):
            raise self._session.fault(
                "does not say which version of its database it answers from",
                "Nothing was stored, since it could not be told apart later. Try again later.",
            )
        named = batches if isinstance(batches, list) else []
        return Database(version, tuple(each for each in named if isinstance(each, str)))

    def phases(self, systems: Sequence[str], database: Database, *, gnome: bool) -> Documents:
        """Return all phases of chemical systems, with band gaps.

        Args:
            systems: The chemical systems.
            database: The database that is expected.
            gnome: Whether to keep phases that are not known to be free for commercial use.

        Raises:
            RequestError: mp-api is not installed, or cannot be imported.
            ServiceError: The service does not answer, or not with what it should.
        """
        try:
            thermo, summary = self._resters(database.version)
            documents = self._complete(
                thermo, chemsys=systems, thermo_types=[THERMO_TYPE], fields=THERMO_FIELDS
            )
            gaps = self._complete(summary, chemsys=systems, fields=GAP_FIELDS)
            if documents and not gaps:
                raise DocumentError("it has no band gaps")
            return read_documents(
                documents, gaps, systems, restricted=gnome, controlled=database.controlled
            )
        except KstabError:
            raise
        except DocumentError as error:
            raise self._unusable(str(error)) from None
        except Exception as error:  # mp-api raises of many kinds, some with the answer in them
            raise self._unusable(f"{type(error).__name__} in mp-api") from None

    def _unusable(self, why: str) -> ServiceError:
        return self._session.fault(
            f"sent an answer that cannot be used: {self._account.words(why)}",
            "Try again later, and with the newest mp-api; what was fetched so far is stored.",
        )

    def _complete(self, rester: Any, *, fields: Sequence[str], **criteria: Any) -> list[Any]:
        """All documents of a search, each once; pages can shift while they are read."""
        for _ in range(self._patience.attempts):
            found = rester.search(
                **{name: list(values) for name, values in criteria.items()}, fields=list(fields)
            )
            identifiers = {each.get("material_id") for each in found}
            if len(identifiers) == len(found) == self._session.total:
                return list(found)
        raise DocumentError(f"{len(identifiers)} documents came of {self._session.total}")

    def _resters(self, database: str) -> tuple[Any, Any]:
        try:
            with warnings.catch_warnings(action="ignore"):  # of packages that mp-api imports
                from mp_api.client.routes.materials.summary import SummaryRester
                from mp_api.client.routes.materials.thermo import ThermoRester
        except ImportError as error:
            missing = isinstance(error, ModuleNotFoundError) and error.name == "mp_api"
            why = "is not installed" if missing else f"cannot be imported ({error})"
            raise RequestError(
                f"Fetching needs mp-api, which {why}.", f"Install it with `{INSTALL}`."
            ) from error
        return self._rester(ThermoRester, database), self._rester(SummaryRester, database)

    def _rester(self, kind: Any, database: str) -> Any:
        # A rester asks for the heartbeat when it is made, without a timeout: for ever, if the
        # service is silent. It was asked for already.
        known: dict[str, Any] = {"_get_heartbeat_info": staticmethod(lambda _: (database, []))}
        return type(kind.__name__, (kind,), known)(
            api_key=self._account.key,
            endpoint=self._account.endpoint,
            session=self._session,
            use_document_model=False,
            mute_progress_bars=True,
        )
