#!/usr/bin/env python3
"""Runs the benchmark with tiny sizes and looks at its reports, never at a time. Usage: bench/smoke_test.py BUILD"""

import html.parser
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = ["blob", "repository", "small", "ranges", "latency", "memory", "streams", "objects"]


class Tags(html.parser.HTMLParser):
    """Counts elements, and finds what would be loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.count = {}
        self.loads = []

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.loads += [value for name, value in attrs if name in ("src", "srcset") or (name == "href" and tag == "link")]


def check(fact, words):
    if not fact:
        sys.exit(f"smoke: {words}")


def check_contender(scenario, each):
    where = f"{scenario['name']}/{each['name']}"
    for figure in ("wall_seconds", "gb_per_second", "objects_per_second", "cpu_seconds", "cpu_seconds_per_gb",
                   "server_cpu_seconds_per_gb", "peak_rss_bytes", "disk_bytes"):
        spread = each[figure]
        check(0 <= spread["min"] <= spread["median"] <= spread["max"], f"{where}: {figure} is {spread}")
    check(each["wall_seconds"]["min"] > 0, f"{where} took no time")
    check(each["bytes"] > 0 and each["objects"] > 0, f"{where} moved nothing")
    if each["name"].startswith("hfpipe"):
        check(each["disk_bytes"]["max"] == 0, f"{where} wrote {each['disk_bytes']['max']} bytes to disk")


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([sys.executable, "-B", os.path.join(HERE, "harness", "run.py"), "--build", build, "--scale",
                              "0.001", "--check", "--rounds", "1", "--out", folder], capture_output=True, text=True, check=False)
        check(run.returncode == 0, f"exit code {run.returncode}\n{run.stdout}{run.stderr}")
        with open(os.path.join(folder, "report.json"), encoding="utf-8") as report:
            document = json.load(report)
        tags = Tags()
        with open(os.path.join(folder, "report.html"), encoding="utf-8") as page:
            tags.feed(page.read())

    found = {scenario["name"]: scenario for scenario in document["scenarios"]}
    has_streams = len(found["ranges"]["contenders"]) == 3  # with --streams at 8 and at 1, and curl
    expected = [name for name in SCENARIOS if name != "streams" or has_streams]
    check(list(found) == expected, f"the scenarios are {list(found)}")
    for scenario in found.values():
        check(scenario["bars"], f"{scenario['name']} has no bar")
        check(len(scenario["contenders"]) >= 2, f"{scenario['name']} compares nothing")
        for each in scenario["contenders"]:
            check_contender(scenario, each)
        check(scenario["title"] in run.stdout, f"the table leaves out {scenario['name']}")
    check(document["machine"]["cores"] >= 1 and len(document["versions"]) == 5, "the machine is not described")
    check(tags.count.get("svg", 0) >= 2 * len(found), f"only {tags.count.get('svg', 0)} plots")
    has_micro = "micro" in document  # where Google Benchmark is at hand
    check(tags.count.get("section", 0) == len(found) + has_micro, "a scenario has no section")
    check(not tags.loads, f"the page loads {tags.loads}")
    print(f"smoke holds: {len(found)} scenarios")


if __name__ == "__main__":
    main()
