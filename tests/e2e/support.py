"""What the end-to-end tests share: where things are, private places to run in, terminals, processes.

The paths come from CTest through the environment (tests/e2e/CMakeLists.txt). Standard library only.
"""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

# What a group may write to is not searched for plugins: the folders of a test are its user's alone.
os.umask(0o022)

# Longer than anything takes on a loaded machine; whoever waits so long has found a hang.
PATIENCE_S = 180

# The least that is a measurement: two processes, one batch or a few each.
TINY = ("--invocations", "2", "--time", "40ms")

# Benchmarks that come with benchhost.
COPY = "org.benchhost.cpu_stream.copy"
TRIAD = "org.benchhost.cpu_stream.triad"
NULL = "org.benchhost.null.empty"


def path_of(name):
    value = os.environ.get("BENCHHOST_E2E_" + name)
    if not value:
        raise unittest.SkipTest(f"BENCHHOST_E2E_{name} is not set: run through ctest")
    return Path(value)


BINARY = path_of("BINARY")
WORKER = path_of("WORKER")
PLUGINS = path_of("PLUGINS")
BACKENDS = path_of("BACKENDS")
ZOO = path_of("ZOO")
ECHO = path_of("ECHO")
STEADY = path_of("STEADY")
SUITES = path_of("SUITES")
SOURCE = path_of("SOURCE")


def skip_or_fail(reason):
    """Ends a test program that cannot run: 77, but 1 where CI is set, as there everything is installed."""
    in_ci = bool(os.environ.get("CI"))
    print(f"{'failed' if in_ci else 'skipped'}: {reason}")
    raise SystemExit(1 if in_ci else 77)


class _Passes(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def run_tests(*cases):
    """Runs the tests of these classes, and ends the program: 0; 1 if one failed; where all were skipped as skip_or_fail."""
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    done = unittest.TextTestRunner(verbosity=2, resultclass=_Passes).run(unittest.TestSuite(load(case) for case in cases))
    if not done.wasSuccessful():
        raise SystemExit(1)
    if done.skipped and done.passed == 0:
        skip_or_fail(f"all of it: {done.skipped[0][1]}")
    raise SystemExit(0)


def make_system_tree(folder):
    """A folder like / in which /proc and /sys tell of a quiet machine that is set as it should be, but for how busy it is,
    which takes two looks at counters that move. Returns the folder, for BENCHHOST_SYSTEM_ROOT."""
    cpu = "sys/devices/system/cpu"
    files = {
        "proc/cpuinfo": "processor : 0\nmodel name : Example 9000\nflags : fpu sse2\n",
        "proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable: 12000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
        "proc/vmstat": "pswpin 0\npswpout 0\n",
        "proc/loadavg": "0.01 0.01 0.01 1/100 200\n",
        "proc/stat": "cpu  100 0 50 8000 50 0 0 0 0 0\n",
        "proc/self/cgroup": "0::/\n",
        "proc/1/cgroup": "0::/init.scope\n",
        "proc/1/stat": "1 (init) S 0 1 1 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 1 0 0\n",
        "proc/sys/kernel/randomize_va_space": "2\n",
        "proc/sys/kernel/perf_event_paranoid": "1\n",
        "proc/sys/kernel/perf_event_max_sample_rate": "1\n",
        "sys/fs/cgroup/cgroup.controllers": "cpu\n",
        "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
        "sys/class/power_supply/AC/type": "Mains\n",
        "sys/class/power_supply/AC/online": "1\n",
        "sys/class/thermal/thermal_zone0/temp": "40000\n",
        "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
        f"{cpu}/online": "0-1\n",
        f"{cpu}/isolated": "\n",
        f"{cpu}/smt/active": "0\n",
        f"{cpu}/cpufreq/boost": "0\n",
        f"{cpu}/cpu0/cpufreq/scaling_governor": "performance\n",
        f"{cpu}/cpu0/cpufreq/scaling_available_governors": "performance powersave\n",
    }
    for name, text in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Path(folder)


@dataclass
class Ended:
    """A command that has ended."""

    args: list
    code: int
    out: str
    err: str

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as e:
            raise AssertionError(f"{self.args}: standard output is no JSON text: {e}\n{self.out}\n{self.err}") from e

    def __str__(self):
        return f"{self.args} -> {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


_apart = None


def binary_apart():
    """The program and its worker in a folder of their own: beside a build tree it would find that tree's plugins."""
    global _apart
    if _apart is None:
        _apart = tempfile.TemporaryDirectory(prefix="benchhost-e2e-bin-")
        folder = Path(_apart.name) / "bin"
        folder.mkdir()
        # Tests of permissions run it as another user.
        os.chmod(_apart.name, 0o755)
        for program in (BINARY, WORKER):
            try:
                os.link(program, folder / program.name)
            except OSError:
                shutil.copy(program, folder / program.name)
    return Path(_apart.name) / "bin" / BINARY.name


class Place:
    """A private home, data folder, cache, folder of state, temporary folder and working folder, all removed at the end."""

    def __init__(self, binary=None, plugins=PLUGINS, backends=BACKENDS):
        self.root = Path(tempfile.mkdtemp(prefix="benchhost-e2e-"))
        self.binary = binary or binary_apart()
        for folder in ("home", "here", "tmp"):
            (self.root / folder).mkdir()
        self.work = self.root / "here"
        self.db = self.root / "results.db"
        self.env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "LANG": "C.UTF-8",
            "BENCHHOST_DB": str(self.db),
            # What crashes in a test is remembered for that test alone.
            "BENCHHOST_STATE_DIR": str(self.root / "state"),
            # A sanitized worker on a loaded machine loads slowly; a probe that hangs is the unit tests' to find.
            "BENCHHOST_PROBE_TIMEOUT": f"{PATIENCE_S - 30}s",
        }
        if plugins:
            self.env["BENCHHOST_PLUGIN_PATH"] = str(plugins)
        if backends:
            self.env["BENCHHOST_BACKEND_PATH"] = str(backends)
        # Sanitized builds are told how to behave through the environment. They must leave SIGSEGV alone: that a plugin
        # dies of it is what the zoo is for.
        for name in ("UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        for name in ("ASAN_OPTIONS", "TSAN_OPTIONS"):
            self.env[name] = ":".join(filter(None, (os.environ.get(name), "handle_segv=0")))

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def environment(self, changes):
        env = dict(self.env)
        for name, value in changes.items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = str(value)
        return env

    def run(self, *args, cwd=None, env=None, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
        """Runs benchhost to its end."""
        done = subprocess.run(
            [str(self.binary), *map(str, args)],
            cwd=cwd or self.work,
            env=self.environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            timeout=PATIENCE_S,
        )
        text = lambda raw: "" if raw is None else raw.decode("utf-8")  # noqa: E731
        return Ended(list(args), done.returncode, text(done.stdout), text(done.stderr))

    def shell(self, script, env=None):
        """Runs a shell script in which $BENCHHOST is the program."""
        full = self.environment({"BENCHHOST": self.binary, **(env or {})})
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.work,
            env=full,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
        )
        return Ended([script], done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *args, env=None, ignored=()):
        """Starts benchhost; the signals in `ignored` are ignored when it begins, as nohup and `sh -c '... &'` do it."""
        return Going([str(self.binary), *map(str, args)], self.work, self.environment(env or {}), ignored)

    def sql(self, statement, *values, db=None):
        """Rows of a question to the database, asked as anybody could ask it."""
        uri = f"file:{db or self.db}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE_S)) as connection:
            return connection.execute(statement, values).fetchall()

    def outcomes(self, run=None):
        """(title, outcome) of each case of a run, the newest if none is named, in the order of the plan."""
        return self.sql(
            "SELECT c.title, r.outcome FROM results r JOIN cases c ON c.id = r.case_id "
            "WHERE r.role = 'primary' AND r.run = coalesce(?, (SELECT max(id) FROM runs)) ORDER BY r.ordinal",
            run,
        )

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


class Going:
    """A command under way; its streams are read by threads, so that it never waits for us."""

    def __init__(self, command, cwd, env, ignored=()):
        self.args = command

        def ignore():
            for number in ignored:
                signal.signal(number, signal.SIG_IGN)

        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=ignore if ignored else None,
        )
        self._changed = threading.Condition()
        self._err = []
        self._out = []
        self._open = 2
        self._readers = [
            threading.Thread(target=self._read, args=(stream, into), daemon=True)
            for stream, into in ((self.process.stdout, self._out), (self.process.stderr, self._err))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, into):
        for line in stream:
            with self._changed:
                into.append(line.decode("utf-8"))
                self._changed.notify_all()
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    @property
    def pid(self):
        return self.process.pid

    def wait_for_line(self, pattern):
        """Returns once a line on standard error matches."""
        found = lambda: any(re.search(pattern, line) for line in self._err)  # noqa: E731
        with self._changed:
            self._changed.wait_for(lambda: found() or self._open == 0, timeout=PATIENCE_S)
            if not found():
                raise AssertionError(f"no line like {pattern!r} came:\n{''.join(self._err)}")

    def send(self, number):
        self.process.send_signal(number)

    def wait(self):
        try:
            code = self.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"{self.args} did not end:\n{''.join(self._err)}") from None
        for reader in self._readers:
            reader.join(timeout=PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()
        return Ended(self.args, code, "".join(self._out), "".join(self._err))


def poll_until(what, condition):
    """The answer of condition() once it is truthy; for facts of the system that nothing announces."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > give_up:
            raise AssertionError(f"this never came: {what}")
        time.sleep(0.002)


def _stat_of(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold anything.
    return text[text.rindex(")") + 2 :].split()


def state_of(pid):
    """One letter of ps: R, S, T, Z; None once it is gone."""
    stat = _stat_of(pid)
    return stat[0] if stat else None


def signals_of(pid, mask):
    """The signals in a mask of /proc/PID/status: SigIgn, SigCgt, ShdPnd."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(mask + ":"))
    bits = int(line.split()[1], 16)
    return {number for number in range(1, 65) if bits >> (number - 1) & 1}


def workers_of(host):
    """Process ids of the living workers that a host has started."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        stat = _stat_of(entry)
        if stat is None or int(stat[1]) != host or stat[0] in "ZX":
            continue
        with contextlib.suppress(OSError):
            if os.path.basename(os.readlink(f"/proc/{entry}/exe")) == WORKER.name:
                found.append(int(entry))
    return found


def open_process(pid):
    """A descriptor of a process that becomes readable when it ends, however its number is used later."""
    return os.pidfd_open(pid)


def wait_for_end(descriptor):
    ready, _, _ = select.select([descriptor], [], [], PATIENCE_S)
    os.close(descriptor)
    if not ready:
        raise AssertionError("a process is still alive that should have ended")


@dataclass
class Screen:
    """What a command wrote to its terminal, and the terminal's settings before and after."""

    code: int
    text: str
    settings_before: list
    settings_after: list

    def lines(self):
        """What stands on the screen at the end: carriage returns and erasures carried out, colours left out."""
        rows, row, column = [[]], 0, 0
        plain = re.sub(r"\x1b\[[0-9;]*m", "", self.text)
        for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[^\x1b]", plain):
            if token == "\r":
                column = 0
            elif token == "\n":
                row, column = row + 1, 0
                rows.append([])
            elif token == "\x1b[K":
                del rows[row][column:]
            elif token.startswith("\x1b"):
                raise AssertionError(f"control sequence {token!r} is not known to this test")
            else:
                rows[row][column : column + 1] = [token]
                column += 1
        return ["".join(r).rstrip() for r in rows]


def run_on_terminal(place, *args, columns=100, env=None, stdout_too=True):
    """Runs benchhost with standard error, and standard output if asked, on a terminal of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    before = termios.tcgetattr(slave)
    environment = place.environment({"TERM": "xterm-256color", **(env or {})})
    process = subprocess.Popen(
        [str(place.binary), *map(str, args)],
        cwd=place.work,
        env=environment,
        stdin=slave,
        stdout=slave if stdout_too else subprocess.DEVNULL,
        stderr=slave,
        start_new_session=True,
    )
    raw = b""
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        ready, _, _ = select.select([master], [], [], 0.05)
        if ready:
            raw += os.read(master, 65536)
        elif process.poll() is not None:
            break
    else:
        process.kill()
    code = process.wait()
    after = termios.tcgetattr(slave)
    os.close(slave)
    os.close(master)
    # The terminal driver writes \r\n for \n.
    return Screen(code, raw.decode("utf-8").replace("\r\n", "\n"), before, after)


class Terminal:
    """A command under way on a terminal of its own that controls it: keys are typed, the window is resized. `around` are
    words before the command: a shell that starts it."""

    def __init__(self, place, *args, columns=80, env=None, around=()):
        self.master, self.slave = pty.openpty()
        self.resize(columns)
        self.before = termios.tcgetattr(self.slave)

        def take():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [*around, str(place.binary), *map(str, args)],
            cwd=place.work,
            env=place.environment({"TERM": "xterm-256color", **(env or {})}),
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            preexec_fn=take,
        )
        self.raw = b""

    def resize(self, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys)

    def _read(self):
        ready, _, _ = select.select([self.master], [], [], 0.05)
        if ready:
            self.raw += os.read(self.master, 65536)
        return bool(ready)

    def wait_for(self, pattern, after=0):
        """Returns where in the text the pattern ended once it has come, at or behind `after`."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            found = re.compile(pattern.encode()).search(self.raw, after)
            if found:
                return found.end()
            if time.monotonic() > give_up or (not self._read() and self.process.poll() is not None):
                self.process.kill()
                raise AssertionError(f"{pattern!r} never came:\n{self.raw.decode(errors='replace')}")

    def end(self):
        give_up = time.monotonic() + PATIENCE_S
        while self._read() or self.process.poll() is None:
            if time.monotonic() > give_up:
                self.process.kill()
                raise AssertionError(f"it did not end:\n{self.raw.decode(errors='replace')}")
        after = termios.tcgetattr(self.slave)
        os.close(self.slave)
        os.close(self.master)
        return Screen(self.process.returncode, self.raw.decode().replace("\r\n", "\n"), self.before, after)


def make_prepared_database(path, runs=1):
    """A database in which nothing depends on the machine or the hour (prepared_database.cpp)."""
    subprocess.run([str(path_of("PREPARED")), str(path), str(runs)], check=True, timeout=PATIENCE_S)


class E2eTest(unittest.TestCase):
    """A test with a place of its own."""

    maxDiff = None

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)

    def assert_code(self, ended, code):
        self.assertEqual(ended.code, code, str(ended))

    def assert_sound(self, place=None):
        """The database holds together, by our own check and by SQLite's."""
        place = place or self.place
        self.assertEqual(place.sql("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(place.sql("PRAGMA foreign_key_check"), [])
        checked = place.run("db", "check", "--format", "json")
        self.assert_code(checked, 0)
        self.assertTrue(checked.json()["sound"], str(checked))


__all__ = [name for name in dir() if not name.startswith("_")]
SIGHUP, SIGINT, SIGTERM, SIGKILL, SIGSTOP, SIGCONT = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGKILL,
    signal.SIGSTOP,
    signal.SIGCONT,
)
