"""Fetch in two processes at once, kill both, look at the store, and again until all is there.

A process of its own: importing mp-api takes seconds, and here it is imported once and shared
by all processes that are killed. Prints what it saw as JSON.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
import warnings
from itertools import count
from pathlib import Path

from kstab.sources import mp_fetch
from kstab.sources.mp_session import Patience
from kstab.sources.store import Dataset, Store, StoredPhase, subsystems
from mp_server import KEY

SYSTEM = subsystems(["K", "S", "Sb"])
WRITTEN = Dataset("written", "1", "fetched", "mp2020", "total")
AT_ONCE = 40
"""Phases of one transaction, all of the same made-up system."""


def main(folder, endpoint, seed):
    draw, report = random.Random(seed), {"killed": 0, "problems": [], "went_on": 0, "written": 0}
    fetched, written = Store(folder / "fetched"), Store(folder / "written")
    import_once()

    def kill(store, work, longest):
        before = known(store)
        children = [start(work) for _ in range(2)]
        time.sleep(draw.uniform(0.0, longest))
        ends = [end(child) for child in children]
        report["killed"] += sum(killed for killed, _ in ends)
        report["problems"] += ["failed" for _, failed in ends if failed]
        report["problems"] += [*store.check(), *sorted(before - known(store))]
        report["went_on"] += known(store) > before

    longest = 1.0
    while report["killed"] < 8 or not known(fetched).issuperset(SYSTEM):
        kill(fetched, lambda: fetch(fetched.path.parent, endpoint), longest)
        longest *= 1.1  # however slow the machine is
        report["problems"] += halves(fetched)
    for _ in range(20):
        kill(written, lambda: write(written.path.parent), 0.06)
        report["problems"] += [each for each in sizes(written) if each != AT_ONCE]
    report["written"] = len(known(written))
    print(json.dumps(report))


def import_once():
    """Import what the processes need, so that they share it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mp_api.client.routes.materials.summary import SummaryRester  # noqa: F401
        from mp_api.client.routes.materials.thermo import ThermoRester  # noqa: F401


def start(work):
    """Start a process that does some work."""
    with warnings.catch_warnings():  # of 3.12 and later: other threads are idle here
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        except Exception:
            traceback.print_exc()
        os._exit(1)
    return child


def end(child):
    """Kill a process; whether it was still at work, and whether it had failed."""
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status), os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0


def fetch(folder, endpoint):
    """Fetch system by system, so that there are moments between."""
    patience = Patience(interval=0.0, pause=0.01)
    for system in SYSTEM:
        mp_fetch.fetch(
            [system], api_key=KEY, endpoint=endpoint, store=Store(folder), patience=patience
        )


def write(folder):
    """Store made-up phases without a pause."""
    for number in count():
        system = f"K{os.getpid()}-{number}"
        phases = [StoredPhase(f"{system}-{i}", "K2S", -1.0, origin=system) for i in range(AT_ONCE)]
        Store(folder).add(WRITTEN, phases, [system])


def known(store):
    """Systems that are there."""
    return frozenset().union(*(store.covered(each) for each in store.datasets()))


def halves(store):
    """Systems that phases are of, though they are not all there."""
    for dataset in store.datasets():
        yield from {phase.system for phase in store.phases(dataset)} - known(store)


def sizes(store):
    """How many phases of each transaction are there."""
    written = dict.fromkeys(known(store), 0)
    for dataset in store.datasets():
        for phase in store.phases(dataset):
            written[phase.origin] = written.get(phase.origin, 0) + 1
    return written.values()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
