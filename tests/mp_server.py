"""A small Materials Project on loopback: real-shaped documents, and faults to switch on.

Its energies are those of the embedded data in the scheme as published, put on elements of
made-up energies, so that what kstab makes of its documents can be compared with the embedded
data. Two things are added: a phase of GNoME, which nothing is stable against, and a phase that
is deprecated.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import kstab
from kstab.chemistry.composition import Formula, chemical_system

KEY = "k" * 16 + "0123456789abcdef"
VERSION = "2025.9.25"
THERMO = "materials/thermo"
SUMMARY = "materials/summary"
HEARTBEAT = "heartbeat"

FAULTS = {
    "wrong key": (401, {"message": "Invalid authentication credentials"}),
    "403": (403, {"message": "You cannot consume this service"}),
    "404": (404, {"detail": "Not Found"}),
    "422": (422, {"detail": [{"loc": ["query", "chemsys"], "msg": "too long"}]}),
    "429": (429, {"message": "API rate limit exceeded"}),
    "500": (500, {"detail": "Internal Server Error"}),
    "503": (503, {"detail": "Service Unavailable"}),
}
"""Faults that are a status; :class:`Answer` knows the others."""


def documents(system="K-Sb-S"):
    """Return documents of thermodynamics and of summaries."""
    table = kstab.phase_table(scheme="legacy", temperature="none")
    rows = table.rows_within(chemical_system(system))
    thermo, summary = [], []
    for number, row in enumerate(rows.tolist()):
        phase = table.phase(row)
        name = "mp-aahoyqcn" if phase.formula == "K3SbS4" else f"mp-{1000 + number}"
        thermo.append(document(name, phase.formula, phase.formation_energy))
        gap = None if number % 3 == 0 else 0.25 * number
        summary.append({"material_id": name, "band_gap": gap})
    elements = chemical_system(system)
    made_up = "".join(elements)
    gnome = {"license": "BY-NC", "batch_id": "gnome_r2scan_statics"}
    thermo.append(document("mp-9000001", made_up, -9.0, builder_meta=gnome))
    thermo.append(document("mp-9000002", made_up, -8.0, deprecated=True))
    return thermo, summary


def element_energy(symbol):
    """Energy of an element, eV/atom; made up."""
    return -1.0 - 0.125 * sum(map(ord, symbol)) / 16


def document(name, text, formation_energy, **changes):
    """Return a document as the service has it, of a formula and a formation energy, eV/atom."""
    formula = Formula.parse(text)
    amounts = {symbol: 2.0 * float(amount) for symbol, amount in formula.amounts}
    atoms = sum(amounts.values())
    elements = sum(n * element_energy(symbol) for symbol, n in amounts.items())
    correction = -0.5 * amounts.get("S", 0.0) if len(amounts) > 1 else 0.0
    adjustment = {
        "@module": "pymatgen.entries.computed_entries",
        "@class": "CompositionEnergyAdjustment",
        "adj_per_atom": -0.5,
        "n_atoms": amounts.get("S", 0.0),
        "uncertainty_per_atom": 0.0093,
        "name": "MP2020 anion correction (sulfide)",
        "cls": {},
        "description": "Composition-based energy adjustment",
    }
    entry = {
        "@module": "pymatgen.entries.computed_entries",
        "@class": "ComputedStructureEntry",
        "@version": "2025.6.14",
        "entry_id": f"{name}-GGA",
        "energy": elements + atoms * formation_energy - correction,
        "composition": amounts,
        "correction": correction,
        "energy_adjustments": [adjustment] if correction else [],
        "parameters": {"run_type": "GGA", "is_hubbard": False, "hubbards": {}},
        "data": {"oxide_type": "None", "material_id": name, "aspherical": False},
        "structure": structure(amounts),
    }
    return {
        "material_id": name,
        "thermo_id": f"{name}_GGA_GGA+U",
        "thermo_type": "GGA_GGA+U",
        "chemsys": "-".join(sorted(amounts)),
        "nsites": int(atoms),
        "volume": 20.0 * atoms,
        "deprecated": False,
        "energy_per_atom": elements / atoms + formation_energy,
        "entries": {"GGA": entry},
        "builder_meta": {"license": "BY-C", "batch_id": None, "database_version": VERSION},
        **changes,
    }


def structure(amounts):
    """Return a structure as pymatgen writes it; its positions mean nothing."""
    sites = [
        {"species": [{"element": symbol, "occu": 1}], "abc": [0.1, 0.2, 0.3], "label": symbol}
        for symbol, count in amounts.items()
        for _ in range(int(count))
    ]
    return {
        "@module": "pymatgen.core.structure",
        "@class": "Structure",
        "charge": 0.0,
        "lattice": {"matrix": [[9.0, 0, 0], [0, 9.0, 0], [0, 0, 9.0]], "volume": 729.0},
        "sites": sites,
    }


class Quiet(ThreadingHTTPServer):
    """A server that does not mind clients that leave."""

    daemon_threads = True

    def handle_error(self, *_):
        """Say nothing."""


class MaterialsProject:
    """The service; a context that serves while it lasts.

    Attributes:
        fault: What goes wrong: a key of :data:`FAULTS`, or a word that :class:`Answer` knows;
            None for nothing.
        where: The route where it does; None for all.
        times: How often it still does.
        seen: Path, query and key of each request.
        version: Version of the database.
        controlled: Batches that the heartbeat names as under access control.
        delay: Seconds before each answer.
        thermo, summary: The documents.
    """

    def __init__(self, system="K-Sb-S"):
        self.thermo, self.summary = documents(system)
        self.seen = []
        self.version, self.delay = VERSION, 0.0
        self.controlled = ["gnome_r2scan_statics"]
        self.restore()

    def restore(self):
        """Take all faults away."""
        self.fault, self.where, self.times = None, None, float("inf")
        self.retry_after = "0"

    def __enter__(self):
        self._stopping = threading.Event()
        self._server = Quiet(("127.0.0.1", 0), Answer)
        self._server.project = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}/"
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def asked(self, route):
        """Queries of a route, so far."""
        return [query for path, query, _ in self.seen if path.strip("/") == route]

    def next_fault(self, route):
        """What is to go wrong now."""
        if self.fault is None or self.where not in (None, route) or self.times <= 0:
            return None
        self.times -= 1
        return self.fault

    def silence(self, seconds=30.0):
        """Do nothing until the service stops."""
        self._stopping.wait(seconds)

    def reply(self, route, query):
        """The answer without a fault."""
        if route == HEARTBEAT:
            return {
                "status": "OK",
                "db_version": self.version,
                "access_controlled_batch_ids": self.controlled,
            }
        systems = set(query["chemsys"].split(","))
        by_name = {each["material_id"]: each["chemsys"] for each in self.thermo}
        chosen = self.thermo if route == THERMO else self.summary
        found = [each for each in chosen if by_name[each["material_id"]] in systems]
        if "thermo_types" in query:
            kinds = query["thermo_types"].split(",")
            found = [each for each in found if each["thermo_type"] in kinds]
        skip, limit = int(query.get("_skip", 0)), int(query["_limit"])
        fields = query["_fields"].split(",")
        page = [{key: each[key] for key in fields if key in each} for each in found]
        return {"data": page[skip : skip + limit], "meta": {"total_doc": len(found)}}


class Answer(BaseHTTPRequestHandler):
    """Answers one request, or fails to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        project = self.server.project
        parts = urlsplit(self.path)
        route = parts.path.strip("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        key = self.headers.get("x-api-key")
        project.seen.append((parts.path, query, key))
        time.sleep(project.delay)
        fault = project.next_fault(route)
        if fault is None and route != HEARTBEAT and key != KEY:
            fault = "wrong key"
        if fault in FAULTS:
            status, body = FAULTS[fault]
            headers = {"Retry-After": project.retry_after} if fault == "429" else {}
            self.send(json.dumps(body).encode(), status, headers=headers)
        elif fault:
            self.misbehave(fault, json.dumps(project.reply(route, query)).encode())
        else:
            self.send(json.dumps(project.reply(route, query)).encode())

    def misbehave(self, fault, body):
        project = self.server.project
        if fault == "silent":
            project.silence()
        elif fault == "drips":
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for place in range(len(body)):
                self.wfile.write(body[place : place + 1])
                self.wfile.flush()
                time.sleep(0.02)
        elif fault == "dropped":
            self.close_connection = True
        elif fault == "dropped midway":
            self.send(body[: len(body) // 2], length=len(body))
            self.close_connection = True
        elif fault == "truncated":
            self.send(body[: len(body) // 2])
        elif fault == "html":
            self.send(b"<!DOCTYPE html><html><body>Please log in</body></html>", kind="text/html")
        elif fault == "redirected":
            self.send(b"", 302, headers={"Location": f"{project.endpoint}elsewhere/"})
        elif fault == "echo":  # shows what it was sent
            said = {"detail": f"no access for {self.headers.get('x-api-key')} \x1b[31m"}
            self.send(json.dumps(said).encode(), 403)
        else:
            self.send(json.dumps(wrong_page(fault, json.loads(body))).encode())

    def send(self, body, status=200, *, length=None, kind="application/json", headers=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


def wrong_page(fault, page):
    """Return a page of well-formed JSON that is wrong."""
    if fault == "empty page":  # though there are some
        return {**page, "data": []}
    if fault == "no documents":
        return {"data": [], "meta": {"total_doc": 0}}
    if fault == "no data":
        return {"meta": page.get("meta", {})}
    if fault == "no version":
        return {**page, "db_version": ""}
    if fault == "other order":
        return {**page, "data": page["data"][::-1]}
    if fault == "not asked for":
        return {**page, "data": [{**document("mp-1", "NaCl", -1.0)}], "meta": {"total_doc": 1}}
    if fault == "no energy":
        first, *others = page["data"]
        entry = {**first["entries"]["GGA"], "energy": None}
        return {**page, "data": [{**first, "entries": {"GGA": entry}}, *others]}
    raise ValueError(fault)
