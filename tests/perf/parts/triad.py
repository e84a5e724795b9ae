"""cpu_stream's triad against a plain OpenMP triad over the same bytes on the same processors.

A pair is three fresh processes in random order: `benchhost run` of one invocation, the plain program, and the plain program
again. The ratio plugin / plain is what is asked; plain / plain, the same program with itself, is what the method answers where
there is no difference. Both sides take the median over all batches of their time by pass, the batch's own overhead (starting
and joining the threads) included: of benchhost that is computed from the stored samples, since its metric "time" leaves the
fitted overhead out, which the plain program cannot; what that changes is printed beside. Pairs are added until the interval of both ratios is
within +-2 %, or the stated limit (pairs, or seconds a cell) is reached: then the answer is "inconclusive" for want of precision, never a guess. "Same" needs the
whole interval inside 0.98 to 1.02; an interval wholly outside is a bias.

The rival is -O3 -march=native with whole vectors (where the processor has AVX-512, GCC would else take halves, which costs
8 % in the second-level cache) and unrolled loops (else half as slow again in the first level): the plugin's kernels are both,
and neither is a question of measuring. In the first level the code of the loop decides all the same: 32 KiB by one thread
and 64 KiB by two are the same work for each thread, so that a difference that both show is the loop's, and one that only
two threads show is the team's. Plain -O3 (the baseline's 16-byte vectors) runs beside the
first pairs to show what that choice is worth. Both bind their threads to the processors that the plugin's ran on.
"""
import json
import random
import statistics
import sys
import time

from parts.common import Row, Skip, ask, paired_ratio

CELLS = [("32 KiB", 32 << 10, 1), ("64 KiB", 64 << 10, 1), ("64 KiB", 64 << 10, 2), ("256 MiB", 256 << 20, 1),
         ("256 MiB", 256 << 20, 2)]
SECONDS = 0.3
HALF_WIDTH = 0.02
LEAST_PAIRS, MOST_PAIRS, MOST_SECONDS = 10, 60, 120


class Subject:
    """One size and number of threads."""

    def __init__(self, place, size, threads):
        self.place, self.size, self.threads = place, size, threads
        self.folder = place.fresh(f"triad-{size}-{threads}")
        self.count = 0
        self.cpus = None
        self.stored = []  # the metric as stored, and the same with the overhead

    def plugin(self):
        self.count += 1
        database = self.folder / f"{self.count}.db"
        self.place.benchhost_run(database, "org.benchhost.cpu_stream.triad", "--param", f"bytes={self.size}", "--param",
                                 f"threads={self.threads}", "--invocations", "1", "--time", f"{SECONDS}s")
        found = ask(database, """SELECT value FROM measurement_view
                                 WHERE role = 'primary' AND metric = 'time' AND value IS NOT NULL""")
        if len(found) != 1:
            raise RuntimeError(f"no time of a pass: {ask(database, 'SELECT outcome, reason FROM results')}")
        batches = ask(database, """SELECT s.ns_per_iteration FROM sample_view s JOIN results r ON r.id = s.result
                                   WHERE r.role = 'primary' AND s.quantity = 'wall' AND s.phase = 'measure'""")
        cost = statistics.median(value for value, in batches)
        self.stored.append((found[0][0], cost))
        sql = """SELECT i.cores, sum(w.amount) FROM invocations i JOIN work_items w ON w.invocation = i.id
                 JOIN results r ON r.id = i.result
                 WHERE r.role = 'primary' AND w.key LIKE 'bytes%' GROUP BY i.id"""
        cores, moved = ask(database, sql)[0]
        database.unlink()
        self.cpus = json.loads(cores)[-self.threads:]
        return cost, int(moved)

    def plain(self, kind="native"):
        places = ",".join(f"{{{cpu}}}" for cpu in self.cpus)
        environment = {"OMP_NUM_THREADS": str(self.threads), "OMP_PLACES": places, "OMP_PROC_BIND": "true",
                       "OMP_DYNAMIC": "false", "GOMP_SPINCOUNT": "infinite"}
        text = self.place.call(self.place.program(f"perf_triad_{kind}"), self.size, SECONDS, environment=environment)
        moved, cost, _, _ = text.split()
        return float(cost), int(moved)

    def pair(self, order):
        found = {}
        if self.cpus is None:
            self.plugin()  # tells where it runs, and fills the cache of probes
        for which in order:
            found[which], moved = self.plugin() if which == "plugin" else self.plain()
            expected = found.setdefault("bytes", moved)
            if moved != expected:
                raise RuntimeError(f"the two move {moved} and {expected} bytes a pass")
        return found


def verdict(ratio):
    if ratio.low > 1 + HALF_WIDTH or ratio.high < 1 - HALF_WIDTH:
        return "differs"
    return "same within 2 %" if ratio.low >= 1 - HALF_WIDTH and ratio.high <= 1 + HALF_WIDTH else "inconclusive"


def compare(place, title, size, threads):
    subject = Subject(place, size, threads)
    order = ["plugin", "plain", "again"]
    shuffle = random.Random(size + threads)
    least, most = place.rounds(LEAST_PAIRS, 3), place.rounds(MOST_PAIRS, 3)
    started = time.monotonic()
    pairs, baseline = [], []
    while len(pairs) < most:
        shuffle.shuffle(order)
        pairs.append(subject.pair(order))
        if len(baseline) < least:
            baseline.append((subject.plain("plain")[0], pairs[-1]["plain"]))
        if len(pairs) < least:
            continue
        ratio = paired_ratio([(p["plugin"], p["plain"]) for p in pairs])
        same = paired_ratio([(p["again"], p["plain"]) for p in pairs])
        decided = verdict(ratio) != "inconclusive" and same.half_width <= HALF_WIDTH
        if decided or time.monotonic() - started > MOST_SECONDS:
            break
    ratio = paired_ratio([(p["plugin"], p["plain"]) for p in pairs])
    same = paired_ratio([(p["again"], p["plain"]) for p in pairs])
    bandwidth = pairs[0]["bytes"] / statistics.median(p["plain"] for p in pairs)
    answer = verdict(ratio)
    reached = {"same within 2 %": True, "differs": False, "inconclusive": None}[answer]
    return Row(f"triad, {title}, {threads} thread{'s' if threads > 1 else ''}, time by plain's",
               "interval within +-2 %, no bias", f"{ratio}, {answer}; A/A {same}",
               f"{ratio.pairs} pairs (limit {most}, {MOST_SECONDS} s); plain {bandwidth:.1f} GB/s; plain -O3 without -march=native "
               f"{paired_ratio(baseline).value:.3f} of its time; the metric is {paired_ratio(subject.stored).value:.4f} of the time "
               "with overhead", None if place.quick else reached)


def measure(place):
    place.program("perf_triad_native")
    rows = []
    for title, size, threads in CELLS:
        if threads > len(place.cpus):
            continue
        rows.append(compare(place, title, size if not place.quick else min(size, 4 << 20), threads))
        print(f"  {rows[-1].what}: {rows[-1].seen}", file=sys.stderr, flush=True)
    if not rows:
        raise Skip("no processor")
    return rows
