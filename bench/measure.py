"""Running a program and measuring it: wall time, CPU seconds, peak memory, and the CPU seconds of PostgreSQL's backends beside it."""
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    wall: float                # seconds
    cpu: float                 # user + system seconds of the process
    peak: int                  # bytes of memory, at most (looked at every 10 ms)
    server_cpu: float = 0.0    # user + system seconds of the backends that served it
    output: str = ""           # what it printed on standard output


class Failed(Exception):
    pass


class Server:
    """PostgreSQL's process: what its ended backends have cost is in its "children" times, once it has waited for them."""

    def __init__(self, connection):
        folder = connection.execute("SHOW data_directory").fetchone()[0]
        self.pid = int(Path(folder, "postmaster.pid").read_text().split()[0])
        self.connection = connection

    def ended_cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / TICKS    # cutime, cstime

    def wait_until_alone(self) -> None:
        """Until no backend but ours is left, so that the next measurement begins clean and this one is complete."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('client backend', 'parallel worker', 'autovacuum worker') AND pid <> pg_backend_pid()"
        for _ in range(200):
            if self.connection.execute(query).fetchone()[0] == 0:
                time.sleep(0.03)
                return
            time.sleep(0.02)
        raise Failed("other sessions use the benchmark's PostgreSQL")


class Priority:
    """With --realtime, what is measured runs before everything else on the machine (SCHED_RR), servers included."""
    realtime = False

    @classmethod
    def take(cls) -> None:
        """For the engines, which are children of with_engines as we are; their own children and ours follow them."""
        cls.realtime = True
        parent = os.getppid()
        for process in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            if int(process) != os.getpid():
                os.sched_setscheduler(int(process), os.SCHED_RR, os.sched_param(1))

    @classmethod
    def apply(cls) -> None:
        if cls.realtime:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


class PeakMemory(threading.Thread):
    """The largest VmHWM of a process. (wait4's ru_maxrss begins with what this Python had when it forked.)"""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.status = Path(f"/proc/{pid}/status")
        self.bytes = 0
        self.start()

    def run(self) -> None:
        while True:
            try:
                line = next((line for line in self.status.read_text().splitlines() if line.startswith("VmHWM:")), None)
            except OSError:
                return
            if line is None:   # a zombie has no memory any more
                return
            self.bytes = int(line.split()[1]) << 10
            time.sleep(0.01)


def run(command: list, folder: Path, server: Server | None = None, environment: dict | None = None) -> Sample:
    """Runs a program to its end. Its standard output must be short; `folder` is where it works and where its messages go."""
    if server:
        server.wait_until_alone()
        before = server.ended_cpu()
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   env={**os.environ, **(environment or {})}, preexec_fn=Priority.apply)
        memory = PeakMemory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}: status {process.returncode}: {(folder / 'stderr').read_text(errors='replace')[-1500:]}")
    sample = Sample(wall, usage.ru_utime + usage.ru_stime, memory.bytes, output=(folder / "stdout").read_text(errors="replace"))
    if server:
        server.wait_until_alone()
        sample.server_cpu = server.ended_cpu() - before
    return sample


def interleaved(rounds: int, tasks: dict) -> dict[str, list[Sample]]:
    """Each round runs every task once, beginning with another one each time: a disturbance of the machine hits all alike."""
    samples = {name: [] for name in tasks}
    names = list(tasks)
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            samples[name].append(tasks[name]())
    return samples


@dataclass
class Figure:
    """A median, and how far the single values are spread."""
    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{number(self.median)} ({number(self.low)}..{number(self.high)})"


def figure(values) -> Figure:
    values = list(values)
    return Figure(statistics.median(values), min(values), max(values))


def number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def machine() -> list[str]:
    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown processor")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")) / 2**20
    priority = "real-time" if Priority.realtime else os.getpriority(os.PRIO_PROCESS, 0)
    return [f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {os.uname().sysname} {os.uname().release}",
            f"priority {priority}, load {' '.join(f'{load:.1f}' for load in os.getloadavg())} before the run"]


class BusyMachine:
    """How much of the machine's CPU time went to others: their share, and what the hypervisor took."""

    def __init__(self):
        self.start = self._read()

    @staticmethod
    def _read() -> list[int]:
        return [int(field) for field in open("/proc/stat").readline().split()[1:]]

    def summary(self) -> str:
        spent = [now - before for now, before in zip(self._read(), self.start)]
        total = max(1, sum(spent[:8]))
        return f"idle {100 * (spent[3] + spent[4]) / total:.0f}%, nice {100 * spent[1] / total:.0f}%, stolen {100 * spent[7] / total:.0f}% of the machine's time; load {os.getloadavg()[0]:.1f} at the end"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
