"""How many of the batches that a hog disturbs are marked, and how many of those that nothing disturbed.

perf_hog is pinned to the one CPU that benchhost may use, and takes it for part of the time; it writes down when it had it.
window_probe.c is preloaded into the worker and writes down when each batch began and ended, and how long the thread waited for
a CPU in between (the kernel's own count, /proc/thread-self/schedstat). By these two, and by nothing that the worker
looks at:

  dirty   the hog had the CPU for 2 % of the batch or more, and for 20 us: what the worker promises to mark
  waited  the thread waited for a CPU, whoever had it, for as long; the kernel is asked outside of the window, so a wait at
          its edges is in it that cost the batch nothing, and no goal is set
  clean   neither the hog nor anybody else: less than 0.2 % of the batch was spent waiting
  other   the rest: the hog had less, or a third process had the CPU; counted, and left out

Batches are those that ran as measured ones, the disturbed ones and those that were run again among them.
"""
import bisect
import dataclasses
import os
import shutil
import signal
import statistics
import subprocess
import time

from parts.common import Row, Skip, ask

BENCHMARK = "org.benchhost.cpu_stream.triad"
CASE = ("--param", "bytes=64KiB", "--param", "threads=1")
BUSY_MS, IDLE_MS = 60, 120
DIRTY_SHARE, DIRTY_NS, CLEAN_SHARE = 0.02, 20_000, 0.002


@dataclasses.dataclass
class Window:
    wall: int
    begin: int
    waited: int


def windows_of(folder):
    """What the probe saw, by process."""
    found = {}
    for file in folder.iterdir():
        if file.name.isdigit():
            rows = [tuple(map(int, line.split())) for line in file.read_text().splitlines()]
            found[file.name] = [Window(row[0], row[5], row[6]) for row in rows]
    return found


def stored(database):
    """(wall, phase, is disturbed) of every batch, in order, by invocation."""
    batches = {}
    for invocation, phase, wall, marked in ask(database, """
            SELECT v.invocation, v.phase, v.value, v.is_disturbed FROM sample_view v JOIN result_view r ON r.result = v.result
            WHERE v.quantity = 'wall' AND r.benchmark = ? ORDER BY v.invocation, v.batch""", BENCHMARK):
        batches.setdefault(invocation, []).append((wall, phase, marked))
    return list(batches.values())


class Hog:
    """Runs from its begin to its end."""

    def __init__(self, place, cpu, folder):
        self.file = folder / "hog.txt"
        self.process = subprocess.Popen([place.program("perf_hog"), str(cpu), str(BUSY_MS), str(IDLE_MS), self.file])

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=30) != 0:
            raise RuntimeError("the hog failed")
        *lines, last = self.file.read_text().splitlines()
        stretches = [tuple(map(int, line.split())) for line in lines]
        on_cpu, cpu = sum(e - b for b, e in stretches), int(last.split()[1])
        if not 0.8 <= on_cpu / max(cpu, 1) <= 1.1:
            raise RuntimeError(f"the hog thinks it had the CPU for {on_cpu} ns, its CPU clock says {cpu} ns")
        return stretches


def overlap(stretches, begins, window):
    """ns of the window during which the hog had the CPU."""
    end = window.begin + window.wall
    total = 0
    for begin, stop in stretches[max(0, bisect.bisect_right(begins, window.begin) - 1):]:
        if begin >= end:
            break
        total += max(0, min(stop, end) - max(begin, window.begin))
    return total


def run(place, cpu, name, with_hog):
    """A run on this CPU: its folder, its database, and when the hog had the CPU."""
    folder = place.fresh(name)
    hog = Hog(place, cpu, folder) if with_hog else None
    environment = {"BENCHHOST_PROBE_DIR": str(folder), "BENCHHOST_PROBE_WAIT": "1",
                   "LD_PRELOAD": str(place.build / "tests" / "perf" / "libperf_window_probe.so")}
    database = folder / "run.db"
    try:
        if with_hog:
            time.sleep(0.05)
        place.benchhost_run(database, BENCHMARK, "--invocations", "8" if not place.quick else "2", "--time",
                            "6s" if not place.quick else "400ms", *CASE, environment=environment,
                            prefix=("taskset", "-c", str(cpu)))
    finally:
        stretches = hog.end() if hog else []
    return folder, database, stretches


def value_of(database):
    return ask(database, """SELECT m.value FROM measurement_view m WHERE m.benchmark = ? AND m.is_primary""", BENCHMARK)[0][0]


def measure(place):
    place.program("perf_hog")
    if not (place.build / "tests" / "perf" / "libperf_window_probe.so").exists():
        raise Skip("the probe is not built")
    if shutil.which("taskset") is None:
        raise Skip("taskset is not installed")
    if not os.path.exists("/proc/thread-self/schedstat"):
        raise Skip("the kernel does not count how long a thread waits for a CPU")
    cpu = place.cpus[-1]
    folder, database, stretches = run(place, cpu, "hog", True)
    begins = [begin for begin, _ in stretches]
    traced = windows_of(folder)
    dirty, clean, other, marked_dirty, marked_clean, measured, waited, marked_waited = 0, 0, 0, 0, 0, 0, 0, 0
    for batches in stored(database):
        walls = [wall for wall, _, _ in batches]
        windows = next((w for w in traced.values() if [one.wall for one in w] == walls), None)
        if windows is None:
            raise RuntimeError("no traced process had the batches that are stored: the trace looks elsewhere")
        for (wall, phase, marked), window in zip(batches, windows):
            if phase != "measure":
                continue
            measured += 1
            taken = overlap(stretches, begins, window)
            if window.waited >= max(DIRTY_SHARE * wall, DIRTY_NS):
                waited += 1
                marked_waited += marked
            if taken >= max(DIRTY_SHARE * wall, DIRTY_NS):
                dirty += 1
                marked_dirty += marked
            elif max(taken, window.waited) < CLEAN_SHARE * wall:
                clean += 1
                marked_clean += marked
            else:
                other += 1
    if dirty == 0 or clean == 0:
        raise RuntimeError(f"{dirty} batches were dirty and {clean} clean: the hog was elsewhere")
    found, false = marked_dirty / dirty, marked_clean / clean
    rows = [Row("dirty batches that are marked", ">= 95 %", f"{100 * found:.2f} %: {marked_dirty} of {dirty}",
                f"a hog on the measuring CPU, {BUSY_MS} of every {BUSY_MS + IDLE_MS} ms; dirty: it had 2 % of the batch", found >= 0.95),
            Row("clean batches that are marked", "<= 1 %", f"{100 * false:.2f} %: {marked_clean} of {clean}",
                f"nobody had the CPU in the meantime; {other} of {measured} batches are neither", false <= 0.01)]
    if waited > 0:
        share = marked_waited / waited
        rows.insert(1, Row("those whose thread waited for a CPU", "", f"{100 * share:.2f} %: {marked_waited} of {waited}",
                           "2 % of the batch, whoever had the CPU, by the kernel's count, in which waits just outside the "
                           "two clock readings are too"))
    pairs = []
    for i in range(place.rounds(3, 1)):
        quiet = value_of(run(place, cpu, f"quiet-{i}", False)[1])
        hogged = value_of(run(place, cpu, f"hogged-{i}", True)[1])
        pairs.append(hogged / quiet)
    rows.append(Row("what the hog does to the value", "", f"{statistics.median(pairs):.4f} of what it is without",
                    f"median of {len(pairs)} pairs of runs; estimates stand on clean batches"))
    return rows
