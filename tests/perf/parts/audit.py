"""The audit of the machine before a run: from the first look to the findings.

It waits until 60 ms have passed since the first look, for the kernel counts CPU time in steps of 10 ms; in a run most of that
passes while plugins are searched. CPU time is what it costs.
"""
import os
import statistics

from parts.common import Row, median_interval


def measure(place):
    rounds = place.rounds(50, 5)
    lines = [line.split() for line in place.call(place.program("perf_audit_cost"), rounds).splitlines()]
    took = [int(line[0]) / 1e6 for line in lines]
    cpu = [int(line[1]) / 1e6 for line in lines]
    value, low, high = median_interval(took)
    processes = sum(1 for name in os.listdir("/proc") if name.isdigit())
    how = f"{rounds} audits, {processes} processes, {lines[0][2]} findings; worst {max(took):.1f} ms"
    return [Row("noise audit before a run", "<= 100 ms", f"{value:.1f} [{low:.1f}, {high:.1f}] ms", how, value <= 100),
            Row("CPU time of that", "-", f"{statistics.median(cpu):.1f} ms", how, None)]
