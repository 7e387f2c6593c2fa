"""The microbenchmarks, as a scenario of the report: what each parser does on one core."""

import json
import os
import subprocess

from figures import spread

BARS = (("pack_walker_delta_heavy", "MB/s of a delta-heavy pack", 100),
        ("pack_walker_big_blobs", "MB/s of a pack of big blobs", 300))


def is_built(setting):
    return os.path.exists(setting.program("microbench"))


def measure(setting, rounds):
    """{"parsers": […], "bars": […]} for the document."""
    said = subprocess.run([setting.program("microbench"), "--benchmark_format=json",
                           f"--benchmark_repetitions={rounds}"], check=True, capture_output=True, text=True,
                          env=setting.environment).stdout
    runs = {}
    for each in json.loads(said)["benchmarks"]:
        if each["run_type"] == "iteration":
            runs.setdefault(each["run_name"], []).append(each)
    parsers = [{"name": name,
                "mb_per_second": spread([run["bytes_per_second"] / 1e6 for run in repeated]),
                "objects_per_second": spread([run.get("objects/s", 0) for run in repeated])}
               for name, repeated in runs.items()]
    rates = {each["name"]: each["mb_per_second"] for each in parsers}
    bars = [{"text": text, "limit": limit, "at_least": True, "unit": "MB/s", **rates[name],
             "met": rates[name]["median"] >= limit} for name, text, limit in BARS if name in rates]
    return {"parsers": parsers, "bars": bars}
