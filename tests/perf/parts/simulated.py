"""Numbers that come from simulated clocks and sessions, so that they are exact and the same everywhere."""
from parts.common import Row


def costs(place):
    """The cost found for bodies of 0.3 ns to 10 s."""
    text = place.call(place.program("perf_simulated_costs"))
    cells = [tuple(map(float, line.split())) for line in text.splitlines()]
    (place.work / "simulated_costs.txt").write_text("body_ns tick_ns overhead_ns found_ns error probes calibration\n" + text)
    print(f"\n  {'body':>9} {'worst error':>12} {'probes':>7} {'calibration, share of the budget':>33}")
    for body in sorted({cell[0] for cell in cells}):
        mine = [cell for cell in cells if cell[0] == body]
        error = max((abs(cell[4]), cell[4]) for cell in mine)[1]
        print(f"  {body:>6g} ns {100 * error:>+10.4f} % {max(c[5] for c in mine):>7.0f} {100 * max(c[6] for c in mine):>31.1f} %")
    worst = max(cells, key=lambda cell: abs(cell[4]))
    probes = max(cell[5] for cell in cells)
    return [Row("cost found, bodies of 0.3 ns to 10 s", "+-0.1 %, <= 12 probes",
                f"{100 * worst[4]:+.4f} % at worst (body {worst[0]:g} ns, step {worst[1]:g} ns, overhead {worst[2]:g} ns); "
                f"{probes:.0f} probes", f"{len(cells)} cells on the simulated clock, all steps x overheads",
                abs(worst[4]) <= 0.001 and probes <= 12)]


def coverage(place):
    """Intervals that hold the truth; the unit tests of common/stats check exact counts of their own seeds."""
    sessions = place.rounds(10_000, 500)
    seeds = place.rounds(3, 1)
    counts = {}
    for seed in range(1, seeds + 1):
        for line in place.call(place.program("perf_interval_coverage"), 1000 * seed, sessions).splitlines():
            what, which, covered, of = line.split()
            counts.setdefault((what, which), []).append(100 * int(covered) / int(of))
    rows = []
    for what, title, goal, good in (
            ("normal", "95 % intervals, normal, K = 5 8 10 20", "94 to 96 %", lambda share: 94 <= share <= 96),
            ("measured", "the same, measured on a simulated clock, K = 5 10", "94 to 96 %", lambda share: 94 <= share <= 96),
            ("stopping", "the same under the stopping rule, sd 0.5 to 2 %", ">= 93 %", lambda share: share >= 93)):
        mine = {key[1]: shares for key, shares in counts.items() if key[0] == what}
        seen = ", ".join(f"{min(s):.2f} to {max(s):.2f}" if len(s) > 1 else f"{s[0]:.2f}" for s in mine.values())
        rows.append(Row(title, goal, seen + " %", f"{sessions:,} sessions x {seeds} seeds; the tests' own in unit.stats",
                        all(good(share) for shares in mine.values() for share in shares)))
    return rows


def plan(place):
    """The time of planned cases beside the least there is, and the samples that a precision takes."""
    sessions = place.rounds(2_000, 100)
    text = place.call(place.program("perf_nested_plan"), 1000, sessions)
    (place.work / "nested_plan.txt").write_text(text)
    cells = [line.split() for line in text.splitlines()]
    ratios = {cell[0]: float(cell[3]) for cell in cells if cell[0] != "samples"}
    covered = {cell[0]: 100 * int(cell[4]) / int(cell[5]) for cell in cells if cell[0] != "samples"}
    samples = next(float(cell[2]) for cell in cells if cell[0] == "samples")
    how = f"{sessions:,} sessions a case on planted costs and variances, against the best fixed measuring time"
    return [Row("time of a planned case, to +-1 %", "<= 10 % above the least",
                ", ".join(f"{name} {100 * (ratio - 1):+.1f} %" for name, ratio in ratios.items()), how,
                max(ratios.values()) <= 1.1),
            Row("95 % intervals of planned cases", ">= 93 %",
                ", ".join(f"{name} {share:.1f}" for name, share in covered.items()) + " %", how, min(covered.values()) >= 93),
            Row("samples for +-1 % of 10 ms, cv 2 %", "<= 20", f"{samples:.1f} on average",
                f"{sessions:,} sessions under the stopping rule", samples <= 20)]


def latencies(place):
    """What recording ten million latencies costs, keeps and loses."""
    count = place.rounds(10_000_000, 1_000_000)
    text = place.call(place.program("perf_latency_recorder"), count)
    (place.work / "latency_recorder.txt").write_text(text)
    lines = [line.split() for line in text.splitlines()]
    value = {line[0]: float(line[1]) for line in lines if line[0] != "percentile"}
    errors = [(abs(float(line[4])), "p" + line[1]) for line in lines if line[0] == "percentile"]
    how = f"{count:,} latencies of 1 us to 1 s through the host's table"
    return [Row("recording a latency", "< 1 % of a request of 1 us", f"{value['record_ns']:.1f} ns, {100 * value['slowdown_ratio']:.2f} %",
                how, value["slowdown_ratio"] < 0.01),
            Row("memory while recording", "bounded", f"{value['memory_bytes'] / 2**20:.1f} MiB", how, value["memory_bytes"] < 2**24),
            Row("percentiles of what was recorded", "+-0.1 %", f"{100 * max(errors)[0]:.3f} % at worst ({max(errors)[1]})", how,
                max(errors)[0] <= 0.001)]
