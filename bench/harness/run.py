"""Measures hfpipe beside its peers on this machine. Called by bench/run.sh; see bench/README.md."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import figures
import micro
import page
import scenarios
from measure import Failed
from setting import Setting


NAMES = (*scenarios.ALL, "micro")


class Lab:
    """What scenarios are made in: repositories of the wanted scale, each made once."""

    def __init__(self, setting, options):
        self._setting = setting
        self._options = options
        self._made = {}
        self.huge = options.huge
        self.has_flag = setting.has_flag

    def repository(self, name, specs):
        if name not in self._made:
            wanted = [scenarios.scaled(spec, self._options.scale) for spec in specs]
            self._made[name] = self._setting.make_repository(name, wanted)
        return self._made[name]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO",
                        help=f"one or more of: {' '.join(NAMES)} (all of them)")
    parser.add_argument("--rounds", type=int, default=5, help="each contender runs once a round (5)")
    parser.add_argument("--scale", type=float, default=1.0, help="of sizes or counts; 0.001 for a smoke test (1)")
    parser.add_argument("--huge", action="store_true", help="up to 100 GiB in the memory scenario, instead of 10")
    parser.add_argument("--plain", action="store_true", help="http at both ends, instead of https")
    parser.add_argument("--check", action="store_true", help="the target hashes what arrives; costs it CPU")
    parser.add_argument("--out", default="build/bench", help="folder of report.json and report.html (build/bench)")
    parser.add_argument("--work", help="folder for what the peers stage; a new one below the temporary folder")
    parser.add_argument("--keep-going", action="store_true", help="leave out a contender that fails, and go on")
    parser.add_argument("--build", default="build/release", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    unknown = set(options.scenarios) - set(NAMES)
    if unknown:
        parser.error(f"no such scenario: {' '.join(sorted(unknown))}")
    if options.rounds < 1 or options.scale <= 0:
        parser.error("--rounds and --scale are positive")
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure(setting, scenario, options):
    """All rounds of one scenario: a list of {contender: Measured}. Each round begins with another contender."""
    source = setting.host("source", not options.plain, scenario.source_flags)
    target = setting.host("target", not options.plain, ("--check",) if options.check else ())
    rounds = []
    for number in range(min(options.rounds, scenario.most_rounds)):
        round_ = {}
        first = number % len(scenario.contenders)
        for contender in scenario.contenders[first:] + scenario.contenders[:first]:
            try:
                measured = setting.run(contender.steps, source, target, contender.repository, scenario.delay)
            except Failed as why:
                if not options.keep_going:
                    raise
                say(f"  {contender.name} failed: {why}")
                continue
            round_[contender.name] = measured
            say(f"  round {number + 1}  {contender.name:20} {measured.wall_seconds:8.2f} s"
                f" {measured.cpu_seconds:8.2f} CPU-s {measured.peak_rss_bytes / 2**20:7.1f} MiB")
        rounds.append(round_)
    return rounds


def version_of(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.split("\n")[0].partition(" (")[0].strip()


def main():
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of `finally`: hosts and folders do not stay
    if options.work:
        os.makedirs(options.work, exist_ok=True)
    work = tempfile.mkdtemp(prefix="hfpipe-bench-", dir=options.work)
    setting = Setting(options.build, work)
    try:
        lab = Lab(setting, options)
        names = options.scenarios or NAMES
        wanted = [scenarios.ALL[name](lab) for name in names if name in scenarios.ALL]
        versions = [version_of(setting.program("hfpipe"), "version"), version_of("git", "--version"),
                    version_of("git", "lfs", "version"), version_of("curl", "--version"),
                    version_of("openssl", "version")]
        report = figures.Report(versions, options)
        for scenario in filter(None, wanted):
            say(f"{scenario.name}: {scenario.title}")
            report.add(scenario, measure(setting, scenario, options))
            report.write_json(options.out)  # after each: what is measured stays, whatever happens next
            page.write(report.document, options.out)
        if "micro" in names and micro.is_built(setting):
            say("micro: the parsers")
            report.document["micro"] = micro.measure(setting, options.rounds)
            report.write_json(options.out)
            page.write(report.document, options.out)
    finally:
        setting.stop()
        shutil.rmtree(work, ignore_errors=True)
    print(figures.as_text(report.document))
    print(f"\n{options.out}/report.json  {options.out}/report.html")


if __name__ == "__main__":
    try:
        main()
    except Failed as why:
        sys.exit(f"bench: {why}")
