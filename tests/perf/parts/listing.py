"""`benchhost list plugins` over a thousand files, cold and cached, usable and not.

The usable ones are the real null plugin with another id written into its note and its benchmark, so that contents, ids and
probes all differ. The unusable ones are of eight kinds in turn. Cold: no cache of probes; the files are in the system's
cache, as they are after a build or an installation. Cached: the call after it. Medians; the start of a `benchhost --version`
is taken beside them.
"""
import json
import statistics
import time

from parts.common import Row

FILES = 1000
DIGITS = "abcdefghijklmnopqrstuvwxyz"


def name_of(number):
    """Four letters, as long as the word "null" that they take the place of."""
    return "".join(DIGITS[number // 26 ** place % 26] for place in range(4))


def make_usable(place, count):
    folder = place.fresh(f"usable-{count}")
    original = place.plugin("null").read_bytes()
    if original.count(b"org.benchhost.null") < 2:
        raise RuntimeError("the null plugin does not hold its id where it was thought to")
    for i in range(count):
        name = name_of(i)
        (folder / f"{name}.so").write_bytes(original.replace(b"org.benchhost.null", b"org.benchhost." + name.encode()))
    return folder


def make_unusable(place, count):
    folder = place.fresh(f"unusable-{count}")
    original = place.plugin("null").read_bytes()
    foreign = bytearray(original)
    foreign[18:20] = (0x1234).to_bytes(2, "little")  # e_machine
    other_abi = original.replace(b"\nabi=0.1-0.1", b"\nabi=0.7-0.9")
    kinds = (b"", b"no library at all\n", original[:1000], bytes(foreign), b"\0" * 100_000, b"\x7fELF" + b"\xff" * 5000,
             original.replace(b"benchhost", b"other_one"), other_abi)
    for i in range(count):
        # The number after the end keeps contents apart.
        (folder / f"file{i:04}.so").write_bytes(kinds[i % len(kinds)] + f"\n{i}\n".encode())
    return folder


def list_plugins(place, folder):
    """Seconds, and how many files are usable and not."""
    started = time.monotonic()
    text = place.call(place.program("benchhost"), "list", "plugins", "--plugins", folder, "--format", "json", cwd=place.work)
    seconds = time.monotonic() - started
    mine = [p for p in json.loads(text)["plugins"] if p["file"].startswith(str(folder))]
    return seconds, sum(p["usable"] for p in mine), sum(not p["usable"] for p in mine)


def measure(place):
    count = place.rounds(FILES, 20)
    cache = place.work / "cache" / "benchhost" / "probes.json"
    rows = []
    for kind, folder in (("usable", make_usable(place, count)), ("unusable", make_unusable(place, count))):
        cold, cached, plain = [], [], []
        time.sleep(0.1)  # files younger than the resolution of their times are not believed to stay as they are
        for _ in range(place.rounds(5, 1)):
            cache.unlink(missing_ok=True)
            answers = [list_plugins(place, folder) for _ in range(place.rounds(4, 2))]
            wanted = (count, 0) if kind == "usable" else (0, count)
            if any(answer[1:] != wanted for answer in answers):
                raise RuntimeError(f"{kind}: {answers[0][1]} files are usable and {answers[0][2]} are not, of {count}")
            cold.append(answers[0][0])
            cached += [answer[0] for answer in answers[1:]]
            started = time.monotonic()
            place.call(place.program("benchhost"), "--version")
            plain.append(time.monotonic() - started)
        cold_s, cached_s = statistics.median(cold), statistics.median(cached)
        rows.append(Row(f"list plugins, {count:,} {kind} files", "<= 2 s cold, <= 200 ms cached",
                        f"{cold_s:.2f} s cold ({min(cold):.2f} to {max(cold):.2f}), {1e3 * cached_s:.0f} ms cached "
                        f"({1e3 * min(cached):.0f} to {1e3 * max(cached):.0f})",
                        f"medians; `benchhost --version` {1e3 * statistics.median(plain):.0f} ms",
                        None if place.quick else cold_s <= 2 and cached_s <= 0.2))
    return rows
