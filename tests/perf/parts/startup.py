"""How long commands take that do nothing but look: `--help`, and a suite of 10,000 cases expanded and written as JSON.

Wall time of whole processes, medians. Probes are cached, as they are from the second call on. `true` is started in turn with
`--help`: what a process costs here whatever it does.
"""
import json
import statistics
import time

from parts.common import Row

CASES = 10_000
SUITE = """name: large
entries:
  - benchmarks: org.benchhost.cpu_stream.copy
    parameters: {type: [fp32, fp64], threads: {range: [1, 4]}, bytes: {range: [4096, %d], step: 4096}}
"""


def seconds(place, *command, **more):
    started = time.monotonic()
    text = place.call(*command, **more)
    return time.monotonic() - started, text


def measure(place):
    program = place.program("benchhost")
    helps, nothing = [], []
    for _ in range(place.rounds(60, 3)):
        nothing.append(seconds(place, "true")[0])
        helps.append(seconds(place, program, "--help")[0])
    own = statistics.median(helps) - statistics.median(nothing)
    rows = [Row("benchhost --help", "<= 20 ms", f"{1e3 * statistics.median(helps):.1f} ms ({1e3 * min(helps):.1f} to {1e3 * max(helps):.1f})",
                f"median; {1e3 * own:.1f} ms more than `true`", None if place.quick else statistics.median(helps) <= 0.02)]

    place.plugin("cpu_stream")
    folder = place.fresh("startup")
    suite = folder / "large.yaml"
    count = place.rounds(CASES, 80)
    suite.write_text(SUITE % (count // 8 * 4096), encoding="utf-8")
    command = (program, "suite", "expand", "--suite", suite, "--plugins", place.plugins, "--backends", place.build / "backends", "--format", "json")
    seconds(place, *command, cwd=folder)
    whole, empty = [], []
    for _ in range(place.rounds(7, 1)):
        took, text = seconds(place, *command, cwd=folder)
        found = len(json.loads(text)["cases"])
        if found != count:
            raise RuntimeError(f"the suite has {found} cases and not {count}")
        whole.append(took)
        empty.append(seconds(place, program, "list", "devices", "--plugins", place.plugins, "--backends", place.build / "backends", cwd=folder)[0])
    rows.append(Row(f"a suite of {count:,} cases expanded", "<= 1 s", f"{statistics.median(whole):.2f} s ({min(whole):.2f} to {max(whole):.2f})",
                    f"median; of it {statistics.median(empty):.2f} s is looking around", None if place.quick else statistics.median(whole) <= 1))
    return rows
