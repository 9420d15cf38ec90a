"""Fetch in two processes at once, kill both, look at the store, and again until all is there.

A process of its own: importing mp-api takes seconds, and here it is imported once and shared
by all processes that are killed. Prints what it saw as JSON.

No clock says when: the first process dies by its own hand at some line of kstab's, and the
second at once with it, wherever it is. So the moments are as many and as different on a fast
machine as on a slow one.
"""

import json
import os
import random
import signal
import sys
import traceback
import warnings
from functools import cache, partial
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


def main(folder, endpoint, fetchers, writers):
    """Go on until so many fetchers and writers have died by their own hand."""
    draw = {"fetchers": random.Random(6), "writers": random.Random(6)}
    report = {"fetchers": 0, "writers": 0, "killed": 0, "problems": [], "went_on": 0, "whole": []}
    import_once()

    def kill(who, store, work, lines):
        before = known(store)
        died, killed, failed = both(work, int(draw[who].random() * lines))
        report[who] += died
        report["killed"] += killed
        report["problems"] += ["failed"] * failed
        report["problems"] += [*store.check(), *sorted(before - known(store))]
        report["went_on"] += known(store) > before

    lines = lines_of(partial(fetch, folder / "counted", endpoint))
    stores = (Store(folder / f"fetched-{number}") for number in count())
    while report["fetchers"] < fetchers:
        store = next(stores)
        while not known(store).issuperset(SYSTEM):
            kill("fetchers", store, partial(fetch, store.path.parent, endpoint), lines // 3)
            report["problems"] += halves(store)
        report["whole"].append(str(store.path.parent))
    written = Store(folder / "written")
    lines = lines_of(partial(write_once, folder / "counted", "K"))
    while report["writers"] < writers:
        kill("writers", written, partial(write, written.path.parent), 4 * lines)
        report["problems"] += [each for each in sizes(written) if each != AT_ONCE]
    print(json.dumps(report))


def import_once():
    """Import what the processes need, so that they share it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mp_api.client.routes.materials.summary import SummaryRester
        from mp_api.client.routes.materials.thermo import ThermoRester
    for rester in (SummaryRester, ThermoRester):
        model = rester.document_model  # made anew for every question, which takes its time
        model.model_json_schema = cache(model.model_json_schema)


def both(work, last):
    """Have two processes work; whether the first died at its line, whether killed, who failed."""
    first, second = start(lambda: each_line(work, dies_at(last))), start(work)
    ends = [os.waitpid(first, 0)[1]]
    os.kill(second, signal.SIGKILL)
    ends.append(os.waitpid(second, 0)[1])
    failed = sum(os.WIFEXITED(end) and os.WEXITSTATUS(end) != 0 for end in ends)
    died, killed = map(os.WIFSIGNALED, ends)
    return died, killed, failed


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


def each_line(work, call):
    """Work, with a call before each line of what fetches and stores."""

    def trace(frame, event, argument):
        if event == "line":
            call()
        return trace if frame.f_globals.get("__name__", "").startswith("kstab.sources") else None

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


def dies_at(last):
    """What ends the process without a word when it is called for the last time."""
    left = iter(range(last))
    return lambda: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)


def lines_of(work):
    """How many lines some work takes."""
    lines = count()
    each_line(work, lambda: next(lines))
    return next(lines)


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
        write_once(folder, f"K{os.getpid()}-{number}")


def write_once(folder, system):
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
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
