"""What happens between the two readings of the clock around run, on real runs of the real worker.

Twice each: once with window_probe.c preloaded alone, which counts calls of the allocator, locks and page faults in every
window; once under strace, for which the probe marks both edges of each window by a call that nobody else makes, so that any
system call of any thread between two marks is one inside the window. The windows are compared with the wall times in the
database: they must be the same numbers in the same order, or the trace did not look where it says. A plugin that does all
of it on purpose runs first, since a trace that sees nothing there would see nothing anywhere.

Batches of warm-up are counted apart: pages that a plugin touches for the first time are its own.
"""
import dataclasses
import re
import shutil
import subprocess

from parts.common import Row, Skip, ask

# What strace prints for the two marks of window_probe.c.
OPEN, CLOSE = "getpgid(28528", "getpgid(25452"
LINE = re.compile(r"^(\d+)\s+(.*)$")

SUBJECTS = {
    "null": ("org.benchhost.null.empty", ()),
    "cpu_stream, 1 thread": ("org.benchhost.cpu_stream.triad", ("--param", "bytes=1MiB", "--param", "threads=1")),
    "cpu_stream, 2 threads": ("org.benchhost.cpu_stream.triad", ("--param", "bytes=1MiB", "--param", "threads=2")),
}


@dataclasses.dataclass
class Seen:
    batches: int = 0
    measured: int = 0
    allocations: int = 0
    locks: int = 0
    faults_warm: int = 0       # of measured batches
    faults_before: int = 0     # of the others
    syscalls: int = 0
    batches_straced: int = 0
    names: str = ""


def stored_batches(database, benchmark):
    """Phase and wall time of every batch, in order, by invocation."""
    rows = ask(database, """SELECT v.result, v.invocation, v.phase, v.value FROM sample_view v JOIN result_view r
                            ON r.result = v.result WHERE v.quantity = 'wall' AND r.benchmark = ?
                            ORDER BY v.result, v.invocation, v.batch""", benchmark)
    batches = {}
    for result, invocation, phase, wall in rows:
        batches.setdefault((result, invocation), []).append((phase, wall))
    return list(batches.values())


def run(place, name, benchmark, flags, plugins, marks):
    folder = place.fresh(f"window-{name.replace(' ', '_').replace(',', '')}-{'strace' if marks else 'count'}")
    probe = place.build / "tests" / "perf" / "libperf_window_probe.so"
    if not probe.exists():
        raise Skip("the probe is not built")
    environment = {"LD_PRELOAD": str(probe), "BENCHHOST_PROBE_DIR": str(folder), "BENCHHOST_PROBE_MARK": "1" if marks else "0"}
    database = folder / "run.db"
    trace = folder / "trace.txt"
    prefix = ()
    if marks:
        strace = shutil.which("strace")
        if strace is None:
            raise Skip("strace is not installed")
        if subprocess.run([strace, "-o", "/dev/null", "true"], capture_output=True, check=False).returncode != 0:
            raise Skip("strace may not trace here")
        # The tracer itself is not preloaded.
        prefix = (strace, "-f", "-o", trace, *(f"-E{k}={v}" for k, v in environment.items()))
    place.benchhost_run(database, benchmark, "--invocations", "2" if not place.quick else "1", "--time", "20ms", *flags,
                        plugins=plugins, environment=None if marks else environment, prefix=prefix)
    return folder, database, trace


def match_windows(folder, database, benchmark):
    """The windows of the benchmark's workers, each with its phase; the yardstick's processes are left out."""
    traced = {}
    for file in folder.iterdir():
        if file.name.isdigit():
            traced[file.name] = [tuple(map(int, line.split())) for line in file.read_text().splitlines()]
    matched = {}
    for batches in stored_batches(database, benchmark):
        walls = [wall for _, wall in batches]
        pid = next((p for p, windows in traced.items() if [w[0] for w in windows] == walls), None)
        if pid is None:
            raise RuntimeError(f"no traced process had the {len(walls)} batches that are stored: the trace looks elsewhere")
        matched[pid] = [(phase, *window[1:]) for (phase, _), window in zip(batches, traced[pid])]
    if not matched:
        raise RuntimeError("nothing was stored")
    return matched


def count_calls(trace, pids):
    """System calls between the marks of these processes, on any of their threads: [(phase index, name)] by process."""
    group = {}      # thread -> process
    is_open = dict.fromkeys(pids, False)
    calls = {pid: [] for pid in pids}
    windows = dict.fromkeys(pids, 0)
    with open(trace, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = LINE.match(line)
            if not match:
                continue
            thread, text = match.groups()
            process = thread if thread in is_open else group.get(thread)
            if process is None:
                continue
            if text.startswith(("clone(", "clone3(")) or "clone3 resumed" in text or "clone resumed" in text:
                child = re.search(r"= (\d+)$", text)
                if child:
                    group[child.group(1)] = process
            if thread == process and text.startswith(OPEN):
                is_open[process] = True
                windows[process] += 1
            elif thread == process and text.startswith(CLOSE):
                is_open[process] = False
            elif is_open[process] and not text.startswith(("---", "+++", "<...")):
                calls[process].append((windows[process] - 1, text.split("(", 1)[0]))
    return calls, windows


def look(place, name, benchmark, flags, plugins=None):
    seen = Seen()
    folder, database, _ = run(place, name, benchmark, flags, plugins, marks=False)
    for windows in match_windows(folder, database, benchmark).values():
        for phase, allocations, frees, locks, faults, *_ in windows:
            seen.batches += 1
            seen.allocations += allocations + frees
            seen.locks += locks
            if phase == "measure":
                seen.measured += 1
                seen.faults_warm += faults
            else:
                seen.faults_before += faults
    folder, database, trace = run(place, name, benchmark, flags, plugins, marks=True)
    matched = match_windows(folder, database, benchmark)
    calls, marked = count_calls(trace, matched)
    names = set()
    for pid, windows in matched.items():
        if marked[pid] != len(windows):
            raise RuntimeError(f"strace saw {marked[pid]} windows, the probe {len(windows)}")
        seen.syscalls += len(calls[pid])
        seen.batches_straced += len(windows)
        names |= {call for _, call in calls[pid]}
    seen.names = ", ".join(sorted(names))
    return seen


def measure(place):
    rows = []
    control = look(place, "sinner", "org.benchhost.perf.sinner", (), place.plugin("window_sinner", "perf_plugins").parent)
    sees_all = (control.allocations >= 2 * control.batches and control.locks >= control.batches
                and control.faults_warm >= control.measured and control.syscalls >= 3 * control.batches_straced)
    rows.append(Row("the trace sees what it looks for", "all four kinds",
                    f"{control.batches} batches: {control.allocations} calls of the allocator, {control.locks} locks, "
                    f"{control.faults_warm} page faults in {control.measured} measured; {control.batches_straced} batches: "
                    f"{control.syscalls} system calls ({control.names})", "a plugin that does each once a batch", sees_all))
    for name, (benchmark, flags) in SUBJECTS.items():
        if "2 threads" in name and len(place.cpus) < 2:
            continue
        seen = look(place, name, benchmark, flags)
        names = f" ({seen.names})" if seen.names else ""
        rows.append(Row(f"between two clock reads, {name}", "0 allocations, system calls, locks",
                        f"{seen.allocations}, {seen.syscalls}{names}, {seen.locks} in {seen.batches} and {seen.batches_straced} batches; page faults "
                        f"{seen.faults_warm} in {seen.measured} measured, {seen.faults_before} before",
                        "preloaded counter and strace; windows equal the stored wall times",
                        seen.allocations + seen.syscalls + seen.locks == 0))
    return rows
