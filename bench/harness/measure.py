"""What a tool costs: it is run, watched and waited for, with every process that it starts."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field

# Often enough for a curve, seldom enough that watching costs nothing that shows.
SAMPLE_SECONDS = 0.05
FIRST_SAMPLE_SECONDS = 0.01  # of the first second: a short run has a curve, too
CLOCK_TICK = os.sysconf("SC_CLK_TCK")
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Measured:
    """One run. CPU and disk are of all processes of the tool, not of the servers; memory is the sum of theirs."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    server_cpu_seconds: float = 0.0
    other_cpu_seconds: float = 0.0  # of everybody else on the machine: what spoils a figure
    peak_rss_bytes: int = 0
    disk_bytes: int = 0
    memory: list = field(default_factory=list)  # [seconds, bytes]


class Failed(Exception):
    """A tool that did not do what was measured; its figures would be worth nothing."""


def _children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as listed:
                found += [int(child) for child in listed.read().split()]
    except OSError:
        pass  # it has ended
    return found


def _resident(pid):
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * PAGE_SIZE
    except (OSError, IndexError):
        return 0


def _highest(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class _Watch:
    """Samples the memory of a growing and shrinking set of processes and what they start."""

    def __init__(self):
        self.roots = []
        self.samples = []
        self.peak = 0
        self._began = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._over.wait(FIRST_SAMPLE_SECONDS if time.monotonic() - self._began < 1 else SAMPLE_SECONDS):
            everyone = list(self.roots)
            for pid in everyone:
                everyone += _children(pid)
            total = sum(_resident(pid) for pid in everyone)
            # One process alone: the kernel knows its peak between two samples, too.
            self.peak = max(self.peak, total, _highest(everyone[0]) if len(everyone) == 1 else 0)
            if total:
                self.samples.append([round(time.monotonic() - self._began, 3), total])

    def end(self):
        self._over.set()
        self._thread.join()


def cpu_of(pid):
    """User and system time of a process that runs."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / CLOCK_TICK


def _cpu_of_machine():
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(tick) for tick in stat.readline().split()[1:]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = ticks[:8]
    return (user + nice + system + irq + softirq + steal) / CLOCK_TICK


class Run:
    """The steps of one measured run. A step is one process or a pipeline; its processes are reaped one by one, because
    only the kernel's account of a reaped process is complete."""

    def __init__(self, environment, folder, servers):
        self._environment = environment
        self._folder = folder
        self._servers = servers
        self._watch = _Watch()
        self._result = Measured()
        # In memory: a file would count as what the tool writes to disk.
        self._errors = os.fdopen(os.memfd_create("errors"), "w+b", buffering=0)

    def start(self, argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, keep=()):
        child = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=self._errors, pass_fds=keep,
                                 env=self._environment, cwd=self._folder)
        self._watch.roots.append(child.pid)
        return child

    def reap(self, *children):
        for child in children:
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self._watch.roots.remove(child.pid)
            self._result.cpu_seconds += usage.ru_utime + usage.ru_stime
            self._result.disk_bytes += usage.ru_oublock * 512
        for child in children:
            if child.returncode != 0:
                self._errors.seek(0)
                words = self._errors.read().decode(errors="replace")
                raise Failed(f"{child.args[0]} ended with {child.returncode}: {words[-2000:]}")

    def step(self, argv, stdout=subprocess.DEVNULL):
        self.reap(self.start(argv, stdout=stdout))

    def measure(self, steps):
        """Calls `steps` with this run and tells what it cost."""
        servers_before = sum(cpu_of(pid) for pid in self._servers)
        machine_before = _cpu_of_machine()
        began = time.monotonic()
        try:
            steps(self)
        finally:
            self._result.wall_seconds = time.monotonic() - began
            self._watch.end()
            self._errors.close()
        result = self._result
        result.server_cpu_seconds = sum(cpu_of(pid) for pid in self._servers) - servers_before
        machine = _cpu_of_machine() - machine_before
        result.other_cpu_seconds = max(0.0, machine - result.cpu_seconds - result.server_cpu_seconds)
        result.peak_rss_bytes = self._watch.peak
        result.memory = self._watch.samples
        return result
