"""cpu_peak against a loop of intrinsics (plain_peak.c), type by type and by one and all threads, on the same processors.

Pairs take turns in random order, with the plain program once more as the A/A; each of the two is the median over batches of
about a millisecond. The plugin's is its metric `rate` as stored, with the instruction set that the plain program was
compiled for. Pairs are added until the interval of both ratios is within +-1 %, or a stated limit is reached. Reached is the
goal if the whole interval lies at 0.98 or above, missed if it lies below; else the answer is "inconclusive".

Beside it stands the share of the theoretical peak that the plugin reports: operations per cycle, with cycles told by a chain
of additions, by what the units of this model can do.
"""
import json
import random
import statistics
import sys
import time

from parts.common import Row, ask, paired_ratio

SECONDS = 0.3
GOAL = 0.98
HALF_WIDTH = 0.01
LEAST_PAIRS, MOST_PAIRS, MOST_SECONDS = 10, 60, 120


class Subject:
    """One type and number of threads."""

    def __init__(self, place, kind, threads):
        self.place, self.kind, self.threads = place, kind, threads
        self.folder = place.fresh(f"peak-{kind}-{threads}")
        self.count = 0
        self.isa, self.cpus = "best", None
        self.shares = []
        self.plugin()  # tells where it runs, and fills the cache of probes
        self.isa = self.plain()[1]

    def plugin(self):
        self.count += 1
        database = self.folder / f"{self.count}.db"
        self.place.benchhost_run(database, "org.benchhost.cpu_peak.multiply_add", "--param", f"type={self.kind}", "--param",
                                 f"threads={self.threads}", "--param", f"isa={self.isa}", "--invocations", "1", "--time",
                                 f"{SECONDS}s")
        found = dict(ask(database, "SELECT metric, value FROM measurement_view WHERE role = 'primary' AND value IS NOT NULL"))
        if "rate" not in found:
            raise RuntimeError(f"no rate: {ask(database, 'SELECT outcome, reason FROM results')}")
        cores = ask(database, """SELECT i.cores FROM invocations i JOIN results r ON r.id = i.result
                                 JOIN measurement_view m ON m.result = r.id WHERE m.metric = 'rate'""")[0][0]
        database.unlink()
        self.cpus = json.loads(cores)
        if "peak_share" in found:
            self.shares.append(found["peak_share"])
        return found["rate"] / 1e9

    def plain(self):
        places = ",".join(f"{{{cpu}}}" for cpu in self.cpus)
        environment = {"OMP_NUM_THREADS": str(len(self.cpus)), "OMP_PLACES": places, "OMP_PROC_BIND": "true",
                       "OMP_DYNAMIC": "false", "GOMP_SPINCOUNT": "infinite"}
        isa, _, rate, _ = self.place.call(self.place.program("perf_peak"), self.kind, SECONDS, environment=environment).split()
        return float(rate), isa

    def turn(self, order):
        return {which: self.plugin() if which == "plugin" else self.plain()[0] for which in order}


def compare(place, kind, threads):
    subject = Subject(place, kind, threads)
    order = ["plugin", "plain", "again"]
    shuffle = random.Random(f"{kind}{threads}")
    least, most = place.rounds(LEAST_PAIRS, 3), place.rounds(MOST_PAIRS, 3)
    started = time.monotonic()
    turns = []
    while len(turns) < most:
        shuffle.shuffle(order)
        turns.append(subject.turn(order))
        if len(turns) < least:
            continue
        ratio = paired_ratio([(t["plugin"], t["plain"]) for t in turns])
        same = paired_ratio([(t["again"], t["plain"]) for t in turns])
        if max(ratio.half_width, same.half_width) <= HALF_WIDTH or time.monotonic() - started > MOST_SECONDS:
            break
    ratio = paired_ratio([(t["plugin"], t["plain"]) for t in turns])
    same = paired_ratio([(t["again"], t["plain"]) for t in turns])
    reached = True if ratio.low >= GOAL else False if ratio.high < GOAL else None
    answer = {True: "reached", False: "below", None: "inconclusive"}[reached]
    share = f"{100 * statistics.median(subject.shares):.1f} %" if subject.shares else "not on record for this processor"
    plain = statistics.median(t["plain"] for t in turns)
    return Row(f"peak, {kind}, {'all' if threads == 0 else threads} thread{'' if threads == 1 else 's'}, rate by plain's",
               f">= {GOAL}", f"{ratio}, {answer}; A/A {same}",
               f"{ratio.pairs} pairs (limit {most}, {MOST_SECONDS} s), {subject.isa}; plain {plain:.1f} Gop/s on "
               f"{len(subject.cpus)}; share of the theoretical peak {share}", None if place.quick else reached)


def measure(place):
    place.program("perf_peak")
    place.plugin("cpu_peak")
    rows = []
    for kind in ("fp32", "fp64"):
        for threads in (1, 0):
            rows.append(compare(place, kind, threads))
            print(f"  {rows[-1].what}: {rows[-1].seen}", file=sys.stderr, flush=True)
    return rows
