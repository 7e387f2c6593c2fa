"""From measurements to figures: medians with spread, ratios paired by round, bars; as a document, JSON and text."""

import json
import os
import platform
import statistics
import time

GB = 10**9
MIB = 1 << 20
# Of a machine's time during a run; above it somebody else was working, and the figure is marked.
NOISE_SHARE = 0.05


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def machine():
    cpu = {"model": platform.processor() or platform.machine(), "features": []}
    interesting = ("aes", "vaes", "sha_ni", "sha512", "avx2", "avx512f", "sha1", "sha2")
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as listed:
            for line in listed:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    cpu["model"] = value.strip()
                elif name.strip() in ("flags", "Features"):
                    cpu["features"] = [flag for flag in interesting if flag in value.split()]
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count(), "cpu": cpu["model"], "cpu_features": cpu["features"], "memory_bytes": memory,
            "kernel": platform.release(), "load_at_start": round(os.getloadavg()[0], 2)}


class Report:
    def __init__(self, versions, options):
        self.document = {
            "schema": 1,
            "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "machine": machine(),
            "versions": versions,
            "tls": not options.plain,
            "scale": options.scale,
            "scenarios": [],
        }

    def add(self, scenario, rounds):
        contenders = []
        for contender in scenario.contenders:
            runs = [round_[contender.name] for round_ in rounds if contender.name in round_]
            if runs:
                contenders.append(_contender(contender, runs))
        if not contenders:
            return
        self.document["scenarios"].append({
            "name": scenario.name, "title": scenario.title, "purpose": scenario.purpose, "rounds": len(rounds),
            "x_axis": scenario.x_axis, "contenders": contenders,
            "bars": [bar for bar in (_bar(each, rounds) for each in scenario.bars) if bar],
        })

    def write_json(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "report.json"), "w", encoding="utf-8") as out:
            json.dump(self.document, out, indent=1)


def _contender(contender, runs):
    size = contender.repository.bytes
    count = len(contender.repository.objects)
    typical = sorted(runs, key=lambda run: run.wall_seconds)[len(runs) // 2]
    step = max(1, len(typical.memory) // 300)
    noisy = sum(run.other_cpu_seconds for run in runs) / sum(run.wall_seconds for run in runs) / os.cpu_count()
    return {
        "name": contender.name, "x": contender.x, "bytes": size, "objects": count,
        "wall_seconds": spread([run.wall_seconds for run in runs]),
        "gb_per_second": spread([size / GB / run.wall_seconds for run in runs]),
        "objects_per_second": spread([count / run.wall_seconds for run in runs]),
        "cpu_seconds": spread([run.cpu_seconds for run in runs]),
        "cpu_seconds_per_gb": spread([run.cpu_seconds / size * GB for run in runs]),
        "server_cpu_seconds_per_gb": spread([run.server_cpu_seconds / size * GB for run in runs]),
        "peak_rss_bytes": spread([run.peak_rss_bytes for run in runs]),
        "disk_bytes": spread([run.disk_bytes for run in runs]),
        "others_share_of_machine": round(noisy, 3),
        "memory": typical.memory[::step],
    }


def _bar(bar, rounds):
    values = []
    for round_ in rounds:
        try:
            values.append(bar.value(round_))
        except (KeyError, ValueError, ZeroDivisionError):
            pass  # a contender that is not there, or none, or what took no measurable time
    if not values:
        return None
    figure = spread(values)
    return {"text": bar.text, "limit": bar.limit, "at_least": bar.at_least, "unit": bar.unit, **figure,
            "met": bar.is_met_by(figure["median"])}


def amount(value):
    for unit, size in (("GB", GB), ("MB", 10**6), ("KB", 1000)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f} B"


def number(value):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def between(figure, scale=1.0):
    return f"{number(figure['median'] * scale)} ({number(figure['min'] * scale)}-{number(figure['max'] * scale)})"


def rounds(scenario):
    return f"{scenario['rounds']} round{'' if scenario['rounds'] == 1 else 's'}"


def verdict(bar):
    sign = ">=" if bar["at_least"] else "<="
    return f"{'met   ' if bar['met'] else 'MISSED'}  {between(bar)} {bar['unit']}, {sign} {number(bar['limit'])}"


HEAD = ("", "wall s", "GB/s", "objects/s", "CPU-s/GB", "servers", "RSS MiB", "to disk")


def row(each):
    return (each["name"], between(each["wall_seconds"]), between(each["gb_per_second"]),
            number(each["objects_per_second"]["median"]), between(each["cpu_seconds_per_gb"]),
            number(each["server_cpu_seconds_per_gb"]["median"]), between(each["peak_rss_bytes"], 1 / MIB),
            amount(each["disk_bytes"]["median"]))


def as_text(document):
    host = document["machine"]
    lines = [f"{document['date']}  {host['cores']} x {host['cpu']} ({' '.join(host['cpu_features'])}), "
             f"{host['memory_bytes'] / 2**30:.0f} GiB, Linux {host['kernel']}, {'TLS' if document['tls'] else 'plain'}",
             "; ".join(document["versions"]),
             "median (min-max); CPU of the tool and all it starts; servers: their CPU-s/GB; to disk: by the kernel's count"]
    if document["scale"] != 1:
        lines.append(f"scale {document['scale']}: the bars mean nothing here")
    for scenario in document["scenarios"]:
        lines += ["", f"{scenario['name']}: {scenario['title']} ({rounds(scenario)})"]
        rows = [HEAD] + [row(each) for each in scenario["contenders"]]
        widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD))]
        lines += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in rows]
        lines += [f"  {verdict(bar)}  {bar['text']}" for bar in scenario["bars"]]
        busy = [each for each in scenario["contenders"] if each["others_share_of_machine"] > NOISE_SHARE]
        if busy:
            worst = max(each["others_share_of_machine"] for each in busy)
            lines.append(f"  noise: others took up to {worst:.0%} of the machine meanwhile")
    if "micro" in document:
        lines += ["", "micro: the parsers, on one core"]
        for each in document["micro"]["parsers"]:
            rate = each["objects_per_second"]["median"]
            lines.append(f"  {each['name']:28} {between(each['mb_per_second'])} MB/s"
                         + (f", {number(rate)} objects/s" if rate else ""))
        lines += [f"  {verdict(bar)}  {bar['text']}" for bar in document["micro"]["bars"]]
    return "\n".join(lines)
