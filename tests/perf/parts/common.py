"""What the parts share: where programs are, how benchhost is run and asked, and statistics of paired rounds."""
import dataclasses
import json
import math
import os
import pathlib
import sqlite3
import statistics
import subprocess
import time


@dataclasses.dataclass
class Row:
    """A line of the table. reached: None where there is nothing to decide or the answer is "inconclusive"."""
    what: str
    goal: str
    seen: str
    how: str
    reached: bool | None = None


class Skip(Exception):
    """A part that cannot be measured here, and why."""


class Place:
    """A build tree and a scratch folder that is not shared with anybody."""

    def __init__(self, build, work, quick):
        self.build = pathlib.Path(build).resolve()
        self.work = pathlib.Path(work)
        self.quick = quick
        self.plugins = self.build / "plugins"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("BENCHHOST_", "OMP_", "GOMP_"))}
        self.environment["XDG_CACHE_HOME"] = str(self.work / "cache")
        self.environment["XDG_STATE_HOME"] = str(self.work / "state")
        self.cpus = sorted(os.sched_getaffinity(0))

    def program(self, name):
        path = self.build / "bin" / name
        if not path.exists():
            raise Skip(f"{name} is not built")
        return path

    def plugin(self, name, folder="plugins"):
        path = self.build / folder / f"{name}.so"
        if not path.exists():
            raise Skip(f"the plugin {path.name} is not built")
        return path

    def rounds(self, full, quick):
        return quick if self.quick else full

    def call(self, *command, environment=None, **more):
        """Runs to the end and gives what it printed; another exit status than 0 is an error with its text."""
        done = subprocess.run([str(c) for c in command], env={**self.environment, **(environment or {})}, text=True,
                              capture_output=True, check=False, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return done.stdout

    def fresh(self, name):
        """A folder of that name below the scratch folder, empty."""
        folder = self.work / name
        folder.mkdir(parents=True)
        return folder

    def benchhost_run(self, database, benchmark, *flags, plugins=None, environment=None, prefix=()):
        """`benchhost run` into a database; seconds that it took."""
        command = [*prefix, self.program("benchhost"), "run", benchmark, "--db", database, "--plugins",
                   plugins or self.plugins, "--progress", "none", "--quiet", *flags]
        started = time.monotonic()
        self.call(*command, environment=environment, cwd=self.work)
        return time.monotonic() - started


def ask(database, sql, *values):
    """Rows of a query, with the database opened as anybody's sqlite3 would."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


# ---- statistics

def t_quantile(probability, freedom):
    """Student's t, by bisection on its distribution integrated numerically: exact to 1e-6, no table."""
    def density(x):
        return math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
                        - (freedom + 1) / 2 * math.log1p(x * x / freedom))

    def upper(x, steps=2000):
        width = x / steps
        inner = sum((4 if i % 2 else 2) * density(i * width) for i in range(1, steps))
        return 0.5 + width / 3 * (density(0) + inner + density(x))

    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        if upper(middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def median_interval(values, level=0.95):
    """(median, low, high): distribution-free, from the ranks that a binomial count of values below the median gives."""
    ordered = sorted(values)
    n = len(ordered)
    tail, below, rank = (1 - level) / 2, 0.0, 0
    while rank < n // 2:
        below += _binomial(n, rank)
        if below > tail:
            break
        rank += 1
    rank = max(rank - 1, 0)
    return statistics.median(ordered), ordered[rank], ordered[n - 1 - rank]


def _binomial(n, k):
    return math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2))


@dataclasses.dataclass
class Ratio:
    """Geometric mean of paired ratios with its t interval on logs."""
    value: float
    low: float
    high: float
    pairs: int

    @property
    def half_width(self):
        return math.sqrt(self.high / self.low) - 1

    def __str__(self):
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


def paired_ratio(pairs, level=0.95):
    """Of (numerator, denominator) pairs that were taken next to each other. Needs three."""
    logs = [math.log(a / b) for a, b in pairs]
    mean = statistics.fmean(logs)
    half = t_quantile((1 + level) / 2, len(logs) - 1) * statistics.stdev(logs) / math.sqrt(len(logs))
    return Ratio(math.exp(mean), math.exp(mean - half), math.exp(mean + half), len(logs))


def as_json(rows):
    return json.dumps([dataclasses.asdict(row) for row in rows], indent=1)
