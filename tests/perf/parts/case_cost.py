"""The host's time per case, beyond measuring and beyond a bare start of the same worker.

`benchhost run` of many cases and of few, taking turns; each case one invocation of a tiny cpu_stream read, measured
for as short as benchhost does at all. From the wall time of the command goes the time of every batch, as stored (calibration, warm-up, fit, measured).
What remains grows with the number of workers started; its slope is what a worker costs the user beside measuring: the host's
work, starting and ending the worker, loading, negotiating, the plugin's own untimed calls, storing. From that goes a bare
posix_spawn + exec + wait of the same worker, which ends at once for want of a job, measured in the same turn. The yardstick's
workers count as workers. So all that is left is charged to the host, which is to its disadvantage: the worker's own reading
of usage between batches and the plugin's verification are in it.
"""
import os
import statistics
import time

from parts.common import Row, ask, median_interval

FEW, MANY = 4, 44


def turn(place, number, cases):
    database = place.fresh(f"cases-{number}-{cases}") / "run.db"
    sizes = ",".join(str(4096 + 256 * i) for i in range(cases))
    seconds = place.benchhost_run(database, "org.benchhost.cpu_stream.read", "--param", f"bytes={sizes}", "--time", "1ms",
                                  "--invocations", "1")
    batches = ask(database, "SELECT sum(value) FROM sample_view WHERE quantity = 'wall'")[0][0] / 1e9
    workers, lives = ask(database, "SELECT count(*), sum(duration_ns) FROM invocations")[0]
    outcomes = ask(database, "SELECT DISTINCT outcome FROM results")
    if outcomes != [("passed",)]:
        raise RuntimeError(f"not every case passed: {outcomes}")
    return seconds - batches, workers, lives / 1e9 - batches


def bare_start(worker, times):
    spent = []
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for _ in range(times):
        started = time.monotonic()
        pid = os.posix_spawn(worker, [str(worker)], {}, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 2)])
        os.waitpid(pid, 0)
        spent.append(time.monotonic() - started)
    os.close(nowhere)
    return statistics.median(spent)


def measure(place):
    worker = place.program("benchhost-worker")
    costs, lives, bare = [], [], []
    for number in range(place.rounds(9, 1)):
        few = turn(place, number, FEW)
        start = bare_start(worker, place.rounds(40, 5))
        many = turn(place, number, MANY)
        more = many[1] - few[1]
        costs.append(1e3 * ((many[0] - few[0]) / more - start))
        lives.append(1e3 * (many[2] - few[2]) / more)
        bare.append(1e3 * start)
    value, low, high = median_interval(costs)
    return [Row("host's time per case beyond measuring and a bare start", "<= 20 ms",
                f"{value:.1f} [{low:.1f}, {high:.1f}] ms",
                f"slope over {MANY} and {FEW} cases, {len(costs)} turns; a bare start took {statistics.median(bare):.1f} ms, a "
                f"worker lived {statistics.median(lives):.1f} ms beside its batches", value <= 20)]
