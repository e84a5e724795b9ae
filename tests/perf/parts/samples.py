"""10^6 samples stored, their size on disk, and read back by SQL: store_samples does it, its head says how."""
import re

from parts.common import Row

LINE = re.compile(r"(\w+) +(\d+) samples stored in ([\d.]+) s \(writing as many bytes plainly: ([\d.]+) s\), "
                  r"([\d.]+) bytes each; (\d+) read by SQL in ([\d.]+) s")


def measure(place):
    times = place.rounds(5, 1)
    found = {}
    for _ in range(times):
        for line in place.call(place.program("store_samples"), place.work).splitlines():
            kind, count, stored, plain, size, read, queried = LINE.match(line).groups()
            if count != read:
                raise RuntimeError(f"{count} samples were stored and {read} read")
            found.setdefault(kind, []).append(tuple(map(float, (stored, plain, size, queried))))
    rows = []
    for kind, lines in found.items():
        stored, plain, size, queried = (sorted(column)[len(lines) // 2] for column in zip(*lines))
        rows.append(Row(f"10^6 samples, {kind}", "<= 2 s, <= 20 bytes each",
                        f"{stored:.2f} s, {size:.1f} bytes each; read by SQL in {queried:.2f} s",
                        f"median of {times}; writing the bytes plainly took {plain:.2f} s", stored <= 2 and size <= 20))
    return rows
