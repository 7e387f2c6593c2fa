"""What is measured: each scenario has contenders that make the same journey, and the bars that hfpipe is held to."""

import re
from dataclasses import dataclass, field
from typing import Callable

import tools

MIB = 1 << 20
GIB = 1 << 30
GB = 10**9


@dataclass
class Contender:
    name: str
    steps: Callable
    repository: object
    x: float = 0  # where it stands in a plot of scaling


@dataclass
class Bar:
    """`value` of each round must be at most, or at least, `limit`; the median is judged. A value is computed from the
    measurements of one round, by contender."""

    text: str
    value: Callable
    limit: float
    at_least: bool = False
    unit: str = "x"

    def is_met_by(self, median):
        return median >= self.limit if self.at_least else median <= self.limit


@dataclass
class Scenario:
    name: str
    title: str
    purpose: str
    contenders: list
    bars: list = field(default_factory=list)
    source_flags: tuple = ()
    delay: int = 0  # milliseconds each way, at both ends
    most_rounds: int = 1000  # where a round takes minutes
    x_axis: str = ""  # what the contenders' x is, if they make a curve


def wall(of, against):
    return lambda round_: round_[of].wall_seconds / round_[against].wall_seconds


def cpu(of, against):
    return lambda round_: round_[of].cpu_seconds / round_[against].cpu_seconds


def faster(of, against):
    return lambda round_: round_[against].wall_seconds / round_[of].wall_seconds


def scaled(spec, scale):
    """A spec like 8x512MB, with its size, or its count if there are many, times `scale`."""
    count, size, unit = re.fullmatch(r"(\d+)x(\d+)([A-Za-z]*)", spec).groups()
    if scale == 1:
        return spec
    if int(count) > 100:
        return f"{max(4, round(int(count) * scale))}x{size}{unit}"
    factor = {"": 1, "KB": 1000, "MB": 10**6, "GB": GB, "KiB": 1024, "MiB": MIB, "GiB": GIB}[unit]
    return f"{count}x{max(1024, round(int(size) * factor * scale))}"


def blob(lab):
    one = lab.repository("blob", ["1x1GiB"])
    return Scenario(
        "blob", "One blob of 1 GiB", "What the byte path costs: TLS in, SHA-256, TLS out, beside what a shell does.",
        [Contender("hfpipe", tools.hfpipe(), one),
         Contender("curl+sha256", tools.curl_sha256, one),
         Contender("curl", tools.curl, one)],
        [Bar("wall, of curl | tee >(sha256) | curl", wall("hfpipe", "curl+sha256"), 0.53),
         Bar("CPU, of curl | tee >(sha256) | curl", cpu("hfpipe", "curl+sha256"), 0.58),
         Bar("wall, of curl | curl that verifies nothing", wall("hfpipe", "curl"), 0.80),
         Bar("CPU, of curl | curl that verifies nothing", cpu("hfpipe", "curl"), 0.88)])


def repository(lab):
    whole = lab.repository("whole", ["8x512MB", "200x100KB"])
    return Scenario(
        "repository", "A repository of 8 x 512 MB and 200 x 100 KB",
        "What the tool replaces: git clone --mirror, git lfs fetch --all, git lfs push --all, git push --mirror.",
        [Contender("hfpipe", tools.hfpipe(), whole), Contender("git+git-lfs", tools.git_lfs, whole)],
        [Bar("wall, of git + git-lfs", wall("hfpipe", "git+git-lfs"), 0.55),
         Bar("CPU, of git + git-lfs", cpu("hfpipe", "git+git-lfs"), 0.42),
         Bar("bytes written to disk", lambda r: r["hfpipe"].disk_bytes, 0, unit="B")])


def small(lab):
    few = lab.repository("small", ["200x100KB"])
    return Scenario(
        "small", "200 objects of 100 KB", "What one object costs beside its bytes.",
        [Contender("hfpipe", tools.hfpipe(), few), Contender("git+git-lfs", tools.git_lfs, few)],
        [Bar("wall, of git + git-lfs", wall("hfpipe", "git+git-lfs"), 0.5)])


def ranges(lab):
    one = lab.repository("ranges", ["1x640MB"])
    contenders = [Contender("curl", tools.curl, one)]
    if lab.has_flag("--streams"):
        contenders = [Contender("hfpipe --streams 8", tools.hfpipe("--streams", "8"), one),
                      Contender("hfpipe --streams 1", tools.hfpipe("--streams", "1"), one)] + contenders
        best = "hfpipe --streams 8"
    else:
        contenders = [Contender("hfpipe", tools.hfpipe(), one)] + contenders
        best = "hfpipe"
    rate = 20 * 10**6
    return Scenario(
        "ranges", "A source that gives 20 MB/s to each connection", "What parallel ranges of one object buy.",
        contenders,
        [Bar("rate of one object, of a single connection's", faster(best, "curl"), 7, at_least=True)],
        source_flags=("--connection-rate", str(rate)))


def latency(lab):
    many = lab.repository("latency", ["2000x20KB"])
    return Scenario(
        "latency", "2000 objects of 20 KB, 20 ms away each way", "What is in flight at once when a line is long.",
        [Contender("hfpipe", tools.hfpipe(), many), Contender("git+git-lfs", tools.git_lfs, many)],
        [Bar("objects a second, of git-lfs", faster("hfpipe", "git+git-lfs"), 8, at_least=True)],
        delay=20)


def memory(lab):
    sizes = [("1 MiB", "1x1MiB", MIB), ("64 MiB", "1x64MiB", 64 * MIB), ("1 GiB", "1x1GiB", GIB),
             ("10 GiB", "1x10GiB", 10 * GIB)]
    if lab.huge:
        sizes.append(("100 GiB", "1x100GiB", 100 * GIB))
    largest = sizes[-1][0]
    contenders = [Contender(label, tools.hfpipe("--max-buffer-memory", "32MiB"),
                            lab.repository("memory-" + spec[2:].lower(), [spec]), x=size / GIB)
                  for label, spec, size in sizes]
    in_gib = {each.name: each.repository.bytes / GIB for each in contenders}

    def growth(round_):
        return (round_[largest].cpu_seconds / in_gib[largest]) / (round_["1 GiB"].cpu_seconds / in_gib["1 GiB"])

    return Scenario(
        "memory", "One blob, larger and larger, under --max-buffer-memory 32MiB",
        "That memory does not follow size, and that the last gigabyte costs what the first did.",
        contenders,
        [Bar("highest peak RSS of all sizes", lambda r: max(m.peak_rss_bytes for m in r.values()) / MIB, 80, unit="MiB"),
         Bar(f"CPU a GiB at {largest}, of that at 1 GiB", growth, 1.12)],
        most_rounds=1 if lab.huge else 1000, x_axis="size, GiB")


def streams(lab):
    one = lab.repository("blob", ["1x1GiB"])
    if not lab.has_flag("--streams"):
        return None
    return Scenario(
        "streams", "One blob of 1 GiB over 1, 2, 4 and 8 connections", "That another connection costs no CPU.",
        [Contender(f"{n} streams" if n > 1 else "1 stream", tools.hfpipe("--streams", str(n)), one, x=n)
         for n in (1, 2, 4, 8)],
        [Bar("CPU at 8 streams, of that at 1", cpu("8 streams", "1 stream"), 1.12)],
        x_axis="streams")


def objects(lab):
    counts = (1_000, 10_000, 100_000)
    contenders = [Contender(f"{n} objects", tools.hfpipe("--max-buffer-memory", "32MiB"),
                            lab.repository(f"objects-{n}", [f"{n}x1000"]), x=n) for n in counts]
    few, most = contenders[1], contenders[2]
    more = len(most.repository.objects) - len(few.repository.objects)

    def each(round_):
        return (round_[most.name].peak_rss_bytes - round_[few.name].peak_rss_bytes) / more

    return Scenario(
        "objects", "100,000 objects of 1 KB", "What a run remembers of each object.",
        contenders, [Bar("memory of one more object, from 10,000 to 100,000", each, 200, unit="B")],
        most_rounds=3, x_axis="objects")


ALL = {"blob": blob, "repository": repository, "small": small, "ranges": ranges, "latency": latency,
       "memory": memory, "streams": streams, "objects": objects}
