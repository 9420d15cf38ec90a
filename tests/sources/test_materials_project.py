"""The Materials Project: the real mp-api against a service on loopback, and its faults."""

import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import traceback
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("mp_api", reason="mp-api is an extra: kstab[mp]")

import kstab
import mp_server
from kstab.cli import cli
from kstab.errors import RequestError, ServiceError
from kstab.offers import SourceRequest
from kstab.sources import materials_project, mp_account, mp_fetch
from kstab.sources.mp_session import Patience
from kstab.sources.store import HOME, Dataset, Store, subsystems
from kstab.sources.stored import digest_of
from mp_server import HEARTBEAT, KEY, SUMMARY, THERMO, VERSION, MaterialsProject

SYSTEM = subsystems(["K", "S", "Sb"])
QUICK = Patience(silence=60.0, attempts=3, pause=0.01, longest_pause=5.0, interval=0.0)
IMPATIENT = {"silent": replace(QUICK, silence=0.3), "drips": replace(QUICK, answer=0.5)}
"""For faults that are a matter of time; an answer that is only slow may take as long as it does."""


@pytest.fixture(scope="module")
def service():
    with warnings.catch_warnings():  # of packages that mp-api imports
        warnings.simplefilter("ignore")
        from mp_api.client.routes.materials.summary import SummaryRester
        from mp_api.client.routes.materials.thermo import ThermoRester
    with pytest.MonkeyPatch.context() as patch, MaterialsProject() as running:
        for rester in (SummaryRester, ThermoRester):
            # Made anew for every question, which would take most of the time of these tests.
            model = rester.document_model
            patch.setattr(model, "model_json_schema", cache(model.model_json_schema))
        yield running


@pytest.fixture(autouse=True)
def loopback_alone(monkeypatch):
    """No test reaches the network, nor asks a proxy for the service."""
    connect = socket.socket.connect

    def guarded(self, address):
        assert self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1"), address
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def project(service, monkeypatch, tmp_path):
    """The service without faults, known to kstab; nothing else on the network is."""
    service.restore()
    service.seen.clear()
    service.version, service.delay = VERSION, 0.0
    for name in (*mp_account.KEYS, *mp_account.ENDPOINTS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MP_API_KEY", KEY)
    monkeypatch.setenv("MPRESTER_ENDPOINT", service.endpoint)
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    monkeypatch.setattr(mp_fetch, "PATIENCE", QUICK)
    return service


def only(store):
    (dataset,) = store.datasets()
    return dataset


def content(store):
    """Everything that is stored, as one value."""
    return {
        each.key: (digest_of(store.phases(each)), store.covered(each)) for each in store.datasets()
    }


def serve_elements(project, monkeypatch, symbols):
    """Have a phase of each of some elements served too."""
    added = [mp_server.document(f"mp-8{n:03d}", each, 0.0) for n, each in enumerate(symbols)]
    gaps = [{"material_id": each["material_id"], "band_gap": None} for each in added]
    monkeypatch.setattr(project, "thermo", [*project.thermo, *added])
    monkeypatch.setattr(project, "summary", [*project.summary, *gaps])


def command(*arguments):
    return CliRunner().invoke(cli, ["--no-plugins", *arguments], env={"COLUMNS": "100"})


class TestFetching:
    def test_windows_are_those_of_the_energies_served(self, project):
        """The service has the embedded energies on other elements: the answers are the same."""
        mp_fetch.fetch(SYSTEM)
        for formula in ("K3SbS4", "KSbS2", "K2S", "K3Sb"):
            live = kstab.window(formula, source="mp", temperature="none")
            embedded = kstab.window(formula, scheme="legacy", temperature="none", compare=False)
            assert live.reduction_limit == pytest.approx(embedded.reduction_limit)
            assert live.oxidation_limit == pytest.approx(embedded.oxidation_limit)

    def test_energies_are_those_pymatgen_reads(self, project):
        from pymatgen.entries.computed_entries import ComputedEntry

        mp_fetch.fetch(SYSTEM)
        store = Store()
        stored = {each.identifier: each for each in store.phases(only(store))}
        served = {
            each["material_id"]: each for each in project.thermo if each["deprecated"] is False
        }
        assert set(stored) == set(served) - {"mp-9000001"}
        for name, phase in stored.items():
            entry = ComputedEntry.from_dict(served[name]["entries"]["GGA"])
            assert phase.energy == pytest.approx(entry.energy_per_atom, abs=1e-12)
            assert phase.correction == pytest.approx(entry.correction_per_atom, abs=1e-12)
            assert phase.extras["volume"] == 20.0  # Å³/atom, as the documents have it

    def test_audits_and_gaps_are_kept(self, project):
        mp_fetch.fetch(SYSTEM)
        store = Store()
        phases = {each.formula: each for each in store.phases(only(store))}
        assert phases["K3SbS4"].identifier == "mp-aahoyqcn"
        assert phases["K3SbS4"].audit == ("MP2020 anion correction (sulfide)",)
        assert phases["K3Sb"].audit == ()
        gaps = {each["material_id"]: each["band_gap"] for each in project.summary}
        for phase in phases.values():
            assert phase.extras.get("band_gap") == gaps[phase.identifier]

    def test_two_questions_for_seven_systems(self, project):
        mp_fetch.fetch(SYSTEM)
        (thermo,), (summary,) = project.asked(THERMO), project.asked(SUMMARY)
        assert thermo["chemsys"] == summary["chemsys"] == "K,S,Sb,K-S,K-Sb,S-Sb,K-S-Sb"
        assert thermo["thermo_types"] == "GGA_GGA+U"
        assert summary["_fields"] == "material_id,band_gap"

    def test_what_is_stored_is_not_fetched_again(self, project):
        assert mp_fetch.fetch(subsystems(["K", "S"])).systems == 3
        project.seen.clear()
        found = mp_fetch.fetch(SYSTEM)
        assert (found.systems, found.stored) == (4, 3)
        assert project.asked(THERMO)[0]["chemsys"] == "Sb,K-Sb,S-Sb,K-S-Sb"
        project.seen.clear()
        assert mp_fetch.fetch(SYSTEM).systems == 0
        assert {path for path, *_ in project.seen} == {"/heartbeat"}

    def test_pages_are_all_read(self, project, monkeypatch):
        """More documents than fit on a page."""
        from mp_api.client.routes.materials.thermo import ThermoRester

        search = ThermoRester.search
        monkeypatch.setattr(
            ThermoRester, "search", lambda self, **asked: search(self, chunk_size=5, **asked)
        )
        mp_fetch.fetch(SYSTEM)
        assert [each.get("_skip", "0") for each in project.asked(THERMO)] == [
            str(start) for start in range(0, len(project.thermo), 5)
        ]
        assert Store().count(only(Store())) == len(project.thermo) - 2

    def test_pages_that_shift_are_asked_for_again(self, project, monkeypatch):
        """The order changes between two pages, so that one document comes twice."""
        from mp_api.client.routes.materials.thermo import ThermoRester

        search = ThermoRester.search

        def small_pages(self, **asked):
            return search(self, chunk_size=5, **asked)

        monkeypatch.setattr(ThermoRester, "search", small_pages)
        straight = project.reply

        def shifting(route, query):
            if query.get("_skip") == "5" and len(project.asked(THERMO)) < 5:
                query = {**query, "_skip": "4"}
            return straight(route, query)

        monkeypatch.setattr(project, "reply", shifting)
        mp_fetch.fetch(SYSTEM)
        assert Store().count(only(Store())) == len(project.thermo) - 2

    def test_the_order_of_documents_does_not_matter(self, project, tmp_path):
        stores = Store(tmp_path / "a"), Store(tmp_path / "b")
        mp_fetch.fetch(SYSTEM, store=stores[0])
        project.fault = "other order"
        project.where = THERMO
        mp_fetch.fetch(SYSTEM, store=stores[1])
        assert content(stores[0]) == content(stores[1])

    def test_many_elements_take_several_requests(self, project, monkeypatch):
        """Ten elements have 1,023 systems, more than an address can name."""
        others = "Li Na Rb Cs Mg Ca Zn".split()
        serve_elements(project, monkeypatch, others)
        ten = ["K", "S", "Sb", *others]
        done = []
        found = mp_fetch.fetch(subsystems(ten), progress=lambda *at: done.append(at))
        assert found.systems == 1023
        asked = project.asked(THERMO)
        assert len(asked) > 1
        # Servers commonly take 8,190 characters of an address; a comma is sent as three.
        assert max(len(each["chemsys"].replace(",", "%2C")) for each in asked) < 7000
        names = [name for each in asked for name in each["chemsys"].split(",")]
        assert sorted(names) == sorted(subsystems(ten))
        assert done[0] == (0, 1023)
        assert done[-1] == (1023, 1023)
        assert len(done) == len(asked) + 1

    def test_an_element_without_phases_is_not_taken_for_complete(self, project, monkeypatch):
        """Once it is served, the same command gets it."""
        without = [each for each in project.thermo if each["chemsys"] != "Sb"]
        with monkeypatch.context() as patch:
            patch.setattr(project, "thermo", without)
            gaps = {each["material_id"] for each in without}
            kept = [each for each in project.summary if each["material_id"] in gaps]
            patch.setattr(project, "summary", kept)
            with pytest.raises(ServiceError, match="it has no phases of Sb") as caught:
                mp_fetch.fetch(SYSTEM)
        assert caught.value.exit_code == 5
        assert not Store().datasets()
        assert mp_fetch.fetch(SYSTEM).systems == 7
        assert kstab.window("K3SbS4", source="mp").verdict == "stable"

    def test_an_element_whose_only_phases_are_left_out(self, project, monkeypatch):
        restricted = [
            {**each, "builder_meta": {"license": "BY-NC"}} if each["chemsys"] == "Sb" else each
            for each in project.thermo
        ]
        count = sum(each["chemsys"] == "Sb" for each in project.thermo) + 1  # and that of GNoME
        monkeypatch.setattr(project, "thermo", restricted)
        with pytest.raises(ServiceError, match=f"no phases of Sb, and {count} left out"):
            mp_fetch.fetch(SYSTEM)
        assert not Store().datasets()
        assert mp_fetch.fetch(SYSTEM, gnome=True).systems == 7

    @pytest.mark.parametrize("error", [KeyboardInterrupt, ServiceError])
    def test_an_interruption_keeps_what_was_complete(self, project, monkeypatch, error):
        """Batches of two systems or so, of which the third is never complete."""
        monkeypatch.setattr(mp_fetch, "_ADDRESS", 10)
        batches = list(mp_fetch.batches(SYSTEM))
        assert len(batches) > 3

        def stop(done, _):
            if done == len(batches[0]) + len(batches[1]):
                project.fault = "500"
                if error is KeyboardInterrupt:
                    raise KeyboardInterrupt

        with pytest.raises(error):
            mp_fetch.fetch(SYSTEM, progress=stop)
        assert Store().covered(only(Store())) == {*batches[0], *batches[1]}
        project.restore()
        project.seen.clear()
        assert mp_fetch.fetch(SYSTEM).stored == len(batches[0]) + len(batches[1])
        asked = [name for each in project.asked(THERMO) for name in each["chemsys"].split(",")]
        assert asked == [name for batch in batches[2:] for name in batch]

    def test_the_key_of_a_data_set(self, project):
        mp_fetch.fetch(["K"])
        dataset = only(Store())
        assert (dataset.name, dataset.version) == ("mp", f"{VERSION} GGA_GGA+U")
        assert (dataset.scheme, dataset.energies, dataset.kind) == ("mp2020", "total", "fetched")
        for part in (project.endpoint, VERSION, "GGA_GGA+U", "gnome no", "fields "):
            assert part in dataset.key

    def test_a_new_database_is_another_data_set(self, project):
        mp_fetch.fetch(["K"])
        project.version = "2026.1.1"
        assert mp_fetch.fetch(["K"]).systems == 1
        versions = [each.about["database"] for each in Store().datasets("mp")]
        assert versions == ["2026.1.1", VERSION]

    def test_a_database_that_changes_meanwhile(self, project, monkeypatch):
        straight = project.reply

        def changing(route, query):
            if route == SUMMARY:
                project.version = "2026.1.1"
            return straight(route, query)

        monkeypatch.setattr(project, "reply", changing)
        with pytest.raises(ServiceError, match="has changed its database"):
            mp_fetch.fetch(SYSTEM)
        assert not Store().datasets()


class TestLicence:
    def test_gnome_is_left_out_and_said(self, project):
        assert mp_fetch.fetch(SYSTEM).left_out == 1
        assert kstab.window("K3SbS4", source="mp").verdict == "stable"

    def test_gnome_is_kept_apart(self, project):
        mp_fetch.fetch(SYSTEM)
        assert mp_fetch.fetch(SYSTEM, gnome=True).left_out == 0
        assert kstab.window("K3SbS4", source="mp").verdict == "stable"
        with_it = kstab.window("K3SbS4", source="mp-gnome")
        assert with_it.verdict == "metastable"
        assert with_it.provenance.dataset == "mp-gnome"

    @pytest.mark.parametrize(
        "about",
        [
            {"license": "BY-NC"}, {"license": "BY-NC-SA"}, {"license": "by-nc"},
            {"license": "CC BY-NC 4.0"}, {"license": "by-c"}, {"license": ""},
            {"license": ["BY-C"]}, {"license": None}, {}, None, "BY-C",
            {"license": "BY-C", "batch_id": "gnome_r2scan_statics"},
            {"license": "BY-C", "batch_id": "GNoME 2"}, {"license": "BY-C", "batch_id": "closed"},
        ],
    )  # fmt: skip
    def test_what_is_not_known_to_be_free_is_left_out(self, about):

        from kstab.sources.mp_documents import read_documents

        free = mp_server.document("mp-1", "K2S", -1.0)
        doubtful = mp_server.document("mp-2", "K2S", -2.0, builder_meta=about)
        found = read_documents([free, doubtful], [], ["K-S"], controlled=["closed"])
        assert [each.identifier for each in found.phases] == ["mp-1"]
        assert found.left_out == 1
        everything = read_documents(
            [free, doubtful], [], ["K-S"], restricted=True, controlled=["closed"]
        )
        assert (len(everything.phases), everything.left_out) == (2, 0)

    @pytest.mark.parametrize("batch", [None, "open"])
    def test_what_is_free_is_kept(self, batch):

        from kstab.sources.mp_documents import read_documents

        about = {"license": "BY-C", "batch_id": batch}
        document = mp_server.document("mp-1", "K2S", -1.0, builder_meta=about)
        assert len(read_documents([document], [], ["K-S"], controlled=["closed"]).phases) == 1

    def test_the_spellings_are_those_of_the_service(self):
        """Another release of its data model may write other ones."""
        from typing import get_args

        from emmet.core.base import EmmetMeta

        spellings, nothing = get_args(EmmetMeta.model_fields["license"].annotation)
        assert set(get_args(spellings)) == {"BY-C", "BY-NC"}
        assert nothing is type(None)

    def test_batches_under_access_control_are_left_out(self, project, monkeypatch):
        """The heartbeat names them."""
        about = {"license": "BY-C", "batch_id": "closed"}
        closed = mp_server.document("mp-7", "KSbS", -9.0, builder_meta=about)
        monkeypatch.setattr(project, "thermo", [*project.thermo, closed])
        monkeypatch.setattr(project, "controlled", ["closed"])
        assert mp_fetch.fetch(SYSTEM).left_out == 2
        assert kstab.window("K3SbS4", source="mp").verdict == "stable"

    @pytest.mark.parametrize("controlled", [None, "closed", [1, None]])
    def test_a_heartbeat_that_names_none(self, project, monkeypatch, controlled):
        monkeypatch.setattr(project, "controlled", controlled)
        assert mp_fetch.fetch(SYSTEM).left_out == 1

    def test_no_licence_anywhere_is_an_error(self, project, monkeypatch):
        """The field may have another name one day; then nothing is known of any."""
        monkeypatch.setattr(
            project, "thermo", [{**each, "builder_meta": {}} for each in project.thermo]
        )
        with pytest.raises(ServiceError, match="none of its documents states a licence") as caught:
            mp_fetch.fetch(SYSTEM)
        assert caught.value.exit_code == 5
        assert not Store().datasets()


REASONS = {
    "wrong key": "does not accept the key",
    "403": "refuses access",
    "404": "does not have what was asked for",
    "422": "refuses the request",
    "429": "has had too many requests",
    "500": "is out of order",
    "503": "is out of order",
    "silent": "did not answer within",
    "drips": "did not finish its answer within",
    "dropped": "dropped the connection",
    "dropped midway": "dropped the connection while answering",
    "truncated": "cut off or no JSON",
    "html": "a web page in place of data",
    "redirected": "points to another address",
    "empty page": "0 documents came of",
    "no documents": "it has no",
    "no data": "lacks what was asked for",
}
ONLY = {
    "not asked for": (THERMO, "mp-1 is of Cl-Na, which was not asked for"),
    "no energy": (THERMO, "without energy or correction"),
    "no version": (HEARTBEAT, "does not say which version of its database"),
    "echo": (THERMO, r"no access for \(key\)"),
}
EVERY = [
    *((fault, THERMO, why) for fault, why in REASONS.items()),
    *((fault, *rest) for fault, rest in ONLY.items()),
    *((fault, SUMMARY, REASONS[fault]) for fault in ("500", "dropped", "empty page")),
    *(
        (fault, HEARTBEAT, REASONS[fault])
        for fault in ("403", "404", "429", "500", "silent", "dropped", "truncated", "html")
    ),
]


class TestFaults:
    @pytest.mark.parametrize(("fault", "route", "reason"), EVERY)
    def test_each_is_one_clear_error(self, project, fault, route, reason):
        """What was stored stays, nothing is added, and the next run goes on."""
        mp_fetch.fetch(["K"])
        before = content(Store())
        project.fault, project.where = fault, route
        with pytest.raises(ServiceError, match=reason) as caught:
            mp_fetch.fetch(SYSTEM, patience=IMPATIENT.get(fault))
        assert caught.value.exit_code == 5
        assert caught.value.service == project.endpoint
        assert caught.value.advice
        assert KEY not in str(caught.value)
        assert len(project.seen) < 20  # it gives up
        assert content(Store()) == before
        assert Store().check() == []
        project.restore()
        assert mp_fetch.fetch(SYSTEM).stored == 1

    @pytest.mark.parametrize("fault", ["429", "500", "silent", "dropped", "truncated", "html"])
    def test_a_fault_that_passes(self, project, fault):
        """It is asked again, except where that cannot help."""
        project.fault, project.where, project.times = fault, THERMO, 2
        if fault == "html":
            with pytest.raises(ServiceError):
                mp_fetch.fetch(SYSTEM)
        else:
            patience = replace(IMPATIENT["silent"], attempts=12) if fault == "silent" else QUICK
            assert mp_fetch.fetch(SYSTEM, patience=patience).systems == 7

    def test_it_waits_as_long_as_it_is_asked_to(self, project, monkeypatch):
        waited = []
        monkeypatch.setattr("kstab.sources.mp_session.time.sleep", waited.append)
        project.fault, project.where, project.times = "429", THERMO, 1
        project.retry_after = "3"
        mp_fetch.fetch(SYSTEM)
        assert [each for each in waited if each] == [3.0]

    def test_it_does_not_wait_for_ever(self, project):
        project.fault, project.retry_after = "429", "86400"
        with pytest.raises(ServiceError, match="asks to wait 86400 s") as caught:
            mp_fetch.fetch(SYSTEM)
        assert caught.value.status == 429
        assert len(project.seen) == 1

    def test_waits_grow(self, project, monkeypatch):
        waited = []
        monkeypatch.setattr("kstab.sources.mp_session.time.sleep", waited.append)
        project.fault = "500"
        with pytest.raises(ServiceError, match="tried 4 times"):
            mp_fetch.fetch(SYSTEM, patience=Patience(interval=0.0))
        assert [each for each in waited if each] == [1.0, 2.0, 4.0]

    @pytest.mark.parametrize(
        ("asked", "waits"), [("0", [1.0, 2.0, 4.0]), ("2", [2.0, 2.0, 4.0]), ("x", [1.0, 2.0, 4.0])]
    )
    def test_waits_grow_whatever_the_service_asks(self, project, monkeypatch, asked, waits):
        waited = []
        monkeypatch.setattr("kstab.sources.mp_session.time.sleep", waited.append)
        project.fault, project.retry_after = "429", asked
        with pytest.raises(ServiceError, match="tried 4 times"):
            mp_fetch.fetch(SYSTEM, patience=Patience(interval=0.0))
        assert [each for each in waited if each] == waits

    def test_no_wait_is_longer_than_the_longest(self, project, monkeypatch):
        waited = []
        monkeypatch.setattr("kstab.sources.mp_session.time.sleep", waited.append)
        project.fault = "500"
        with pytest.raises(ServiceError, match="tried 4 times"):
            mp_fetch.fetch(SYSTEM, patience=Patience(longest_pause=3.0, interval=0.0))
        assert [each for each in waited if each] == [1.0, 2.0, 3.0]

    def test_requests_keep_a_distance(self, project, monkeypatch):
        waited = []
        monkeypatch.setattr("kstab.sources.mp_session.time.sleep", waited.append)
        mp_fetch.fetch(SYSTEM, patience=Patience(interval=500.0))
        assert len(project.seen) == 4
        assert len([each for each in waited if 400 < each <= 500]) == 3

    def test_nobody_listens(self, project, monkeypatch):
        monkeypatch.setenv("MPRESTER_ENDPOINT", "http://127.0.0.1:9/")
        with pytest.raises(ServiceError, match="cannot be reached"):
            mp_fetch.fetch(SYSTEM)

    def test_the_exit_code_and_the_message(self, project):
        project.fault = "500"
        result = command("data", "fetch", "--chemsys", "K-S")
        assert isinstance(result.exception, ServiceError)
        assert result.exception.exit_code == 5
        assert "Internal Server Error" in result.exception.problem
        assert "(status 500)" in result.exception.problem


class TestKey:
    def test_where_it_is_looked_for(self, project, monkeypatch):
        from pymatgen.core import SETTINGS

        keys = {name: name[0] * 32 for name in "abcd"}
        monkeypatch.setenv("MP_API_KEY", keys["b"])
        monkeypatch.setenv("PMG_MAPI_KEY", keys["c"])
        monkeypatch.setitem(SETTINGS, "PMG_MAPI_KEY", keys["d"])
        assert mp_account.account(keys["a"]).key == keys["a"]
        assert mp_account.account().key == keys["b"]
        monkeypatch.delenv("MP_API_KEY")
        assert mp_account.account().key == keys["c"]
        monkeypatch.delenv("PMG_MAPI_KEY")
        assert mp_account.account().key == keys["d"]
        monkeypatch.delitem(SETTINGS, "PMG_MAPI_KEY")
        with pytest.raises(RequestError, match="There is no key") as caught:
            mp_account.account()
        assert "MP_API_KEY" in caught.value.advice

    @pytest.mark.parametrize("key", ["short", "x" * 33, "k" * 20 + "\r\nEvil: header", "ü" * 32])
    def test_no_key_of_the_project(self, project, key):
        with pytest.raises(ServiceError, match="has no such keys") as caught:
            mp_fetch.fetch(SYSTEM, api_key=key)
        assert key not in str(caught.value)
        assert project.seen == []

    def test_a_key_copied_with_its_line_end(self, project):
        assert mp_fetch.fetch(["K"], api_key=f" {KEY}\n").systems == 1

    def test_the_heartbeat_does_without_it(self, project):
        mp_fetch.fetch(["K"])
        sent = {path: key for path, _, key in project.seen}
        assert sent.pop("/heartbeat") is None
        assert set(sent.values()) == {KEY}

    @pytest.mark.parametrize(
        "fault", [None, "echo", "wrong key", "redirected", "dropped", "no data"]
    )
    def test_it_is_nowhere(self, project, fault, caplog, capfd, monkeypatch):
        """Neither in what is said, with everything logged, nor in any file."""
        project.fault, project.where = fault, THERMO
        said = []
        with caplog.at_level(logging.DEBUG):
            try:
                mp_fetch.fetch(SYSTEM)
            except ServiceError as error:
                said += [str(error), repr(error), *traceback.format_exception(error)]
        said += [caplog.text, *capfd.readouterr(), repr(mp_account.account())]
        assert not any(KEY in each for each in said)
        files = [path for path in Path(os.environ[HOME]).rglob("*") if path.is_file()]
        assert bool(files) == (fault is None)
        assert not any(KEY.encode() in path.read_bytes() for path in files)

    @pytest.mark.parametrize("form", ["terminal", "json", "csv"])
    def test_it_is_in_no_report(self, project, form):
        mp_fetch.fetch(SYSTEM)
        result = command("window", "K3SbS4", "--source", "mp", "--format", form)
        assert result.exit_code == 0, result.output
        assert KEY not in result.output


class TestEndpoint:
    def test_where_it_is_looked_for(self, monkeypatch):
        for name in mp_account.ENDPOINTS:
            monkeypatch.delenv(name, raising=False)
        assert mp_account.address() == "https://api.materialsproject.org/"
        monkeypatch.setenv("MP_API_ENDPOINT", "https://second.example.org")
        assert mp_account.address() == "https://second.example.org/"
        monkeypatch.setenv("MPRESTER_ENDPOINT", "https://first.example.org/")
        assert mp_account.address() == "https://first.example.org/"
        assert mp_account.address("https://given.example.org") == "https://given.example.org/"

    @pytest.mark.parametrize(
        "address",
        [
            "api.example.org", "ftp://example.org", "http://example.org/", "https://",
            "https://user:word@example.org/", "https://example.org/?key=1", "https://[::1",
        ],
    )  # fmt: skip
    def test_no_place_for_a_key(self, address):
        with pytest.raises(RequestError, match="endpoint") as caught:
            mp_account.address(address)
        assert "word" not in caught.value.problem.replace("password", "")


class TestSource:
    def test_what_is_missing_is_fetched_then_nothing(self, project):
        first = kstab.window("K3SbS4", source="mp")
        assert project.asked(THERMO)
        project.seen.clear()
        assert kstab.window("K3SbS4", source="mp") == first
        assert kstab.window("K2S", source="mp").verdict == "stable"
        assert kstab.interface("K", "K3SbS4", source="mp").minimum_total is not None
        assert [phase.formula for phase in kstab.system("K-Sb", source="mp", threshold=0).phases]
        assert project.seen == []

    def test_it_works_without_key_and_network(self, project, monkeypatch):
        mp_fetch.fetch(SYSTEM)
        monkeypatch.delenv("MP_API_KEY")
        monkeypatch.setattr(mp_fetch, "fetch", None)
        assert kstab.window("K3SbS4", source="mp").verdict == "stable"

    def test_reports_name_database_and_energies(self, project):
        result = command("window", "K3SbS4", "--source", "mp")
        assert result.exit_code == 0, result.output
        assert f"mp {VERSION} GGA_GGA+U" in result.output
        assert "mp2020" in result.output
        read = json.loads(command("window", "K3SbS4", "--source", "mp", "--format", "json").output)
        provenance = read["provenance"]
        assert provenance["dataset_version"] == f"{VERSION} GGA_GGA+U"
        assert provenance["scheme"] == "mp2020"
        assert len(provenance["dataset_sha256"]) == 64

    def test_the_newest_that_has_everything(self, project):
        mp_fetch.fetch(SYSTEM)
        project.version = "2026.1.1"
        mp_fetch.fetch(subsystems(["K", "Sb"]))
        asked = {
            elements: materials_project.load(
                SourceRequest("mp2020", elements, 298.15)
            ).origin.version
            for elements in [("K", "Sb"), ("K", "S", "Sb")]
        }
        assert asked[("K", "Sb")] == "2026.1.1 GGA_GGA+U"
        assert asked[("K", "S", "Sb")] == f"{VERSION} GGA_GGA+U"

    def test_data_of_another_endpoint_is_not_taken(self, project, monkeypatch):
        mp_fetch.fetch(SYSTEM)
        monkeypatch.setenv("MPRESTER_ENDPOINT", "http://127.0.0.1:9/")
        with pytest.raises(ServiceError, match=r"127\.0\.0\.1:9/ cannot"):
            kstab.window("K3SbS4", source="mp")

    def test_everything_that_is_stored(self, project):
        with pytest.raises(RequestError, match="Nothing of the Materials Project") as caught:
            kstab.phase_table(source="mp")
        assert "kstab data fetch" in caught.value.advice
        mp_fetch.fetch(SYSTEM)
        assert len(kstab.phase_table(source="mp")) == Store().count(only(Store()))

    def test_no_key_says_how(self, project, monkeypatch):
        monkeypatch.delenv("MP_API_KEY")
        with pytest.raises(RequestError, match="There is no key") as caught:
            kstab.window("K3SbS4", source="mp")
        for part in ("kstab data fetch --chemsys K-Sb-S", "MP_API_KEY"):
            assert part in caught.value.advice

    def test_no_mp_api_says_how(self, project, monkeypatch):
        for name in [name for name in sys.modules if name.startswith("mp_api")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "mp_api", None)
        with pytest.raises(RequestError, match="needs mp-api") as caught:
            kstab.window("K3SbS4", source="mp")
        assert "kstab[mp]" in caught.value.advice

    def test_neither_says_both(self, project, monkeypatch):
        monkeypatch.delenv("MP_API_KEY")
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        with pytest.raises(RequestError) as caught:
            kstab.window("K3SbS4", source="mp")
        for part in ("kstab data fetch --chemsys K-Sb-S", "kstab[mp]", "MP_API_KEY"):
            assert part in caught.value.advice

    def test_an_element_the_project_lacks(self, project):
        with pytest.raises(ServiceError, match="no phases of Na"):
            kstab.window("NaSbS2", source="mp")
        assert not Store().datasets()

    @pytest.mark.parametrize("elements", ["K-Sb-S", "K3SbS4", ["S", "K", "Sb"]])
    def test_from_python(self, project, elements):
        assert materials_project.fetch(elements, api_key=KEY).systems == 7
        assert Store().covered(only(Store())) == set(SYSTEM)

    def test_of_many_formulas_the_systems_of_each_are_fetched(self, project, monkeypatch):
        """Ten elements or more, as of a screening: nobody needs K with Li with Na ..."""
        others = "Li Na Rb Cs Mg Ca Zn".split()
        serve_elements(project, monkeypatch, others)
        formulas = ["K3SbS4", "K2S", *others]
        batch = kstab.windows(formulas, ion="K", source="mp")
        pairs = {"-".join(sorted(("K", each))) for each in others}
        assert Store().covered(only(Store())) == {*SYSTEM, *others, *pairs}
        assert batch[0].provenance.changes == ()
        project.seen.clear()
        again = kstab.windows(formulas, ion="K", source="mp")
        assert project.seen == []
        for number in (0, 1):
            alone = kstab.window(formulas[number], ion="K", source="mp")
            assert again[number].oxidation_limit == pytest.approx(alone.oxidation_limit)

    def test_what_is_stored_of_many_elements_is_said(self, project, monkeypatch):
        others = "Li Na Rb Cs Mg Ca Zn".split()
        serve_elements(project, monkeypatch, others)
        mp_fetch.fetch([*SYSTEM, *others])
        elements = ["K", "S", "Sb", *others]
        # 7 systems of K-S-Sb and 7 more elements, of 2^10 - 1
        said = "only the 14 of 1,023 chemical systems that are stored"
        assert kstab.phase_table(source="mp", elements=elements).changes == (said,)
        Store().add(only(Store()), [], subsystems(elements))
        assert kstab.phase_table(source="mp", elements=elements).changes == ()

    def test_more_elements_than_can_be_fetched_are_answered_too(self, project, monkeypatch):
        others = "Li Na Rb Cs Mg Ca Zn Al Ga In Tl".split()
        serve_elements(project, monkeypatch, others)
        mp_fetch.fetch([*SYSTEM, *others])
        asked = SourceRequest("mp2020", tuple(sorted(["K", "S", "Sb", *others])), 298.15)
        assert len(asked.elements) == 14
        formulas = set(materials_project.load(asked).formulas)
        assert {"K3SbS4", *others} <= formulas

    def test_of_many_elements_the_fullest_data_set_answers(self, project, monkeypatch):
        """A new database of which little is fetched yet does not take over."""
        others = "Li Na Rb Cs Mg Ca Zn".split()
        serve_elements(project, monkeypatch, others)
        mp_fetch.fetch([*SYSTEM, *others])
        project.version = "2026.1.1"
        mp_fetch.fetch(["K", "S", "Sb", *others])
        asked = SourceRequest("mp2020", tuple(sorted(["K", "S", "Sb", *others])), 298.15)
        assert materials_project.load(asked).origin.version == f"{VERSION} GGA_GGA+U"
        mp_fetch.fetch([*SYSTEM, *others])
        assert materials_project.load(asked).origin.version == "2026.1.1 GGA_GGA+U"

    def test_nothing_stored_of_many_elements(self, project):
        with pytest.raises(RequestError, match="Missing: K, B, C, H"):
            materials_project.load(SourceRequest("mp2020", tuple("BCFHIKNOPS"), 298.15))
        assert project.seen == []

    def test_too_many_elements(self):
        with pytest.raises(RequestError, match="16,383 chemical systems"):
            materials_project.systems_of("H He Li Be B C N O F Ne Na Mg Al Si".split())

    def test_a_window_without_it_loads_nothing_of_it(self, run_python, tmp_path):
        code = (
            "import sys, kstab; kstab.window('K3SbS4');"
            "print([m for m in sys.modules if m.split('.')[0] in "
            "('mp_api', 'requests', 'urllib3', 'sqlite3', 'platformdirs') or '.mp_' in m])"
        )
        done = run_python("-c", code, KSTAB_DATA_HOME=str(tmp_path))  # where nothing was stored
        assert done.stdout.split() == [b"[]"]


class TestCommand:
    def test_a_fetch(self, project):
        result = command("data", "fetch", "--chemsys", "K-Sb-S")
        assert result.exit_code == 0, result.output
        assert f"mp {VERSION} GGA_GGA+U: fetched 7 chemical systems" in result.output
        assert "--with-gnome" in result.output
        assert "10.1063/1.4812323" in result.output
        again = command("data", "fetch", "--formula", "K3SbS4")
        assert "all 7 chemical systems were stored already" in again.output

    @pytest.mark.parametrize("terminal", [False, True])
    def test_a_bar_on_a_terminal_alone(self, project, terminal):
        env = {"COLUMNS": "100", **({"FORCE_COLOR": "1"} if terminal else {})}
        arguments = ["--no-plugins", "data", "fetch", "--chemsys", "K-Sb-S"]
        result = CliRunner().invoke(cli, arguments, env=env)
        assert result.stdout.startswith(f"mp {VERSION}")
        assert ("7/7" in result.stderr) == terminal
        assert bool(result.stderr) == terminal

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "Nothing to fetch is named"),
            (["--ion", "K"], "belong together"),
            (["--elements", "2"], "belong together"),
            (["--ion", "K", "--elements", "2"], "159 chemical systems"),
        ],
    )
    def test_usage(self, project, arguments, words):
        result = command("data", "fetch", *arguments)
        assert isinstance(result.exception, RequestError)
        assert words in result.exception.problem
        assert project.seen == []

    def test_all_of_an_ion(self, project, monkeypatch, table, potassium_phases):
        """All binary systems of K, counted from the formulas of the embedded data."""
        from kstab.chemistry.composition import Formula

        elements = {Formula.parse(formula).elements for formula in potassium_phases}
        partners = {next(s for s in pair if s != "K") for pair in elements if len(pair) == 2}
        serve_elements(project, monkeypatch, sorted(partners - {"S", "Sb"}))
        result = command("data", "fetch", "--ion", "K", "--elements", "2", "--yes")
        assert f"fetched {1 + 2 * len(partners)} chemical systems" in result.output


class TestDifference:
    def test_the_same_scheme_is_compared(self, project):
        """The service has the energies as published under the name of the MP2020 scheme."""
        result = command("data", "diff", "mp-2019", "mp", "--chemsys", "K-Sb-S", "--format", "json")
        assert result.exit_code == 0, result.output
        found = json.loads(result.output)
        assert found["first"]["scheme"] == found["second"]["scheme"] == "mp2020"
        assert found["second"]["dataset_version"] == f"{VERSION} GGA_GGA+U"
        changes = {each["formula"]: each["energy_change"] for each in found["phases"]}
        table = kstab.phase_table(scheme="mp2020")
        shift = table.corrections[list(table.formulas).index("K3SbS4")]
        assert {found[which]["energies"] for which in ("first", "second")} == {"enthalpies"}
        assert changes["K3SbS4"] == pytest.approx(-shift)

    def test_the_same_answer_twice(self, project):
        both = [command("data", "diff", "mp-2019", "mp", "--chemsys", "K-S") for _ in range(2)]
        assert both[0].output == both[1].output
        assert "Windows against K that move" in both[0].output


def test_a_store_that_two_processes_make_at_once(tmp_path):
    """One waits while another has just begun the file."""
    store = Store(tmp_path)
    other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    release.start()
    store.add(Dataset("mp", "1", "fetched", "mp2020", "total"), [], ["K"])
    release.join()
    other.close()
    assert store.covered(only(store)) == {"K"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("fetchers", "writers"), [(2, 6), pytest.param(8, 20, marks=pytest.mark.slow)]
)
def test_killed_at_any_moment(root, project, tmp_path, fetchers, writers):
    """Two processes that fetch at once are killed again and again, and lose nothing stored."""
    killing = root / "tests" / "mp_killing.py"
    done = subprocess.run(
        [sys.executable, killing, tmp_path, project.endpoint, str(fetchers), str(writers)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["problems"] == [], done.stderr
    assert report["fetchers"] >= fetchers  # died at lines of theirs
    assert report["killed"] >= report["writers"] == writers  # those beside them, anywhere
    assert report["went_on"] > writers // 2  # something was stored before the next ones were killed
    whole = Store(tmp_path / "whole")
    mp_fetch.fetch(SYSTEM, store=whole)
    assert all(content(Store(Path(each))) == content(whole) for each in report["whole"])
