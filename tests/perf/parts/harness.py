"""The harness's share of an empty body, and Google Benchmark's beside it.

perf_harness_share times batches of the real null plugin through the worker's own timed region and, next to them, what a
bare loop takes; its head says how. Shares are medians over rounds with distribution-free 95 % intervals. Google Benchmark
runs the same body in a process of its own, taking turns with ours process by process, now one first and now the other; both
are then compared by what a batch costs beside its iterations, per iteration: (time per iteration at n) - (at 100 n), each the
mean of the middle half of its values. Those of one turn are compared.
"""
import json
import statistics

from parts.common import Row, Skip, median_interval


def ours(place, n, rounds, cpu):
    text = place.call(place.program("perf_harness_share"), place.plugin("null"), n, rounds, cpu)
    rows = []
    for line in text.splitlines():
        _, batch, calls, long, pair = map(float, line.split())
        rows.append((batch, calls, long, pair))
    return rows


def middle_mean(values):
    ordered = sorted(values)
    cut = len(ordered) // 4
    return statistics.fmean(ordered[cut:len(ordered) - cut])


def google(place, n, repetitions, cpu):
    text = place.call("taskset", "-c", cpu, place.program("perf_google_share"), n,
                      f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true",
                      "--benchmark_format=json")
    runs = [run for run in json.loads(text)["benchmarks"] if run["run_type"] == "iteration"]
    times = {kind: [run["real_time"] for run in runs if run["name"].startswith(kind)] for kind in ("batch", "long")}
    if len(times["batch"]) < 3 or len(times["long"]) < 3:
        raise Skip("Google Benchmark gave no repetitions")
    return middle_mean(times["batch"]) - middle_mean(times["long"])


def measure(place):
    cpu = place.cpus[-1]
    goals = {10_000: 0.002, 100_000: 0.0002}
    turns = place.rounds(10, 2)
    rounds = place.rounds(100, 5)
    google_repetitions = place.rounds(200, 5)
    found = {n: [] for n in goals}
    versus = []
    try:
        place.program("perf_google_share")
        rival = ""
    except Skip as reason:
        rival = str(reason)
    for turn in range(turns):
        its = google(place, 10_000, google_repetitions, cpu) if not rival and turn % 2 == 0 else None
        one = {n: ours(place, n, rounds, cpu) for n in goals}
        for n, lines in one.items():
            found[n] += lines
        if not rival:
            if its is None:
                its = google(place, 10_000, google_repetitions, cpu)
            lines = one[10_000]
            mine = middle_mean([batch for batch, _, _, _ in lines]) - middle_mean([long for _, _, long, _ in lines])
            versus.append((mine / 10_000, its))
    rows = []
    for n, goal in goals.items():
        calls, low, high = median_interval([(batch - c) / n for batch, c, _, _ in found[n]])
        whole, _, _ = median_interval([(batch - long) / n for batch, _, long, _ in found[n]])
        rows.append(Row(f"harness share of an empty body, n = {n:,}", f"<= {goal} ns/iteration",
                        f"{calls:.5f} [{low:.5f}, {high:.5f}] ns; with call and end of loop {whole:.5f}",
                        f"real null plugin through time_run, minus the same calls in a row; {len(found[n])} rounds",
                        calls <= goal))
    lines = found[10_000]
    pair = statistics.median(p for _, _, _, p in lines)
    fixed, low, high = median_interval([(batch - calls) / p for batch, calls, _, p in lines])
    rows.append(Row("fixed cost of a batch", "<= 1.2 bare clock pairs",
                    f"{fixed:.2f} [{low:.2f}, {high:.2f}] pairs of {pair:.1f} ns", "the same rounds, n = 10,000",
                    fixed <= 1.2))
    what = "beside Google Benchmark, n = 10,000"
    if rival:
        rows.append(Row(what, "<= its share", rival, "libbenchmark-dev", None))
    else:
        mine = statistics.median(m for m, _ in versus)
        its = statistics.median(g for _, g in versus)
        rows.append(Row(what, "<= its share", f"{mine:.5f} against {its:.5f} ns/iteration",
                        f"{turns} turns, process by process; ours the smaller in {sum(m <= g for m, g in versus)}",
                        all(m <= g for m, g in versus)))
    return rows
