"""The report that a person looks at: one file of HTML, with nothing to load."""

import os
from html import escape

import figures
import plots

STYLE = """
:root { color-scheme: light dark; --paper:#fff; --ink:#1d2329; --soft:#5c6670; --rule:#e3e7eb; --card:#f7f9fa;
  --good:#1a7f4b; --bad:#b3372f; --series-0:#2166d1; --series-1:#d97b29; --series-2:#8b949e; --series-3:#1a9c86;
  --series-4:#a347ba; --series-5:#c2a100; }
@media (prefers-color-scheme: dark) { :root { --paper:#14181c; --ink:#e6eaee; --soft:#98a3ae; --rule:#2a323a;
  --card:#1b2127; --good:#4cc38a; --bad:#ff7b72; --series-0:#5a9bff; --series-1:#f0a35e; --series-2:#8b949e;
  --series-3:#3fc9b0; --series-4:#cf86e3; --series-5:#e0c341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 980px; padding: 32px 24px 80px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 28px; margin: 0 0 4px; } h2 { font-size: 21px; margin: 56px 0 2px; }
p { margin: 4px 0 12px; } .soft { color: var(--soft); font-size: 14px; }
.warning { border-left: 3px solid var(--bad); padding-left: 12px; }
figure { margin: 18px 0; } figcaption { font-size: 14px; font-weight: 600; margin-bottom: 4px; }
svg { width: 100%; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .tick { fill: var(--soft); } svg .value { font-weight: 600; } svg .grid { stroke: var(--rule); }
svg .spread { stroke: var(--ink); stroke-width: 1.3; fill: none; opacity: .65; }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.legend { font-size: 13px; color: var(--soft); } .legend span { margin-right: 18px; white-space: nowrap; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 8px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { font-weight: 600; color: var(--soft); } th:first-child, td:first-child { text-align: left; }
.bars td:nth-child(2) { text-align: left; white-space: normal; }
.met { color: var(--good); font-weight: 600; } .missed { color: var(--bad); font-weight: 600; }
"""


def write(document, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "report.html"), "w", encoding="utf-8") as out:
        out.write(as_html(document))


def as_html(document):
    host = document["machine"]
    features = ", ".join(host["cpu_features"])
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>hfpipe, measured</title><style>{STYLE}</style>",
        "<h1>hfpipe, measured beside its peers</h1>",
        f"<p class=soft>{escape(document['date'])} · {host['cores']} × {escape(host['cpu'])} ({escape(features)}), "
        f"{host['memory_bytes'] / 2**30:.0f} GiB · Linux {escape(host['kernel'])} · loopback, "
        f"{'TLS' if document['tls'] else 'plain http'} at both ends; the hosts share the cores<br>"
        f"{escape(' · '.join(document['versions']))}</p>",
    ]
    if document["scale"] != 1:
        parts.append(f"<p class=warning>Sizes are {document['scale']} of the real ones: the bars mean nothing here.</p>")
    micro = document.get("micro", {"parsers": [], "bars": []})
    parts.append(_bars([(scenario["name"], bar) for scenario in document["scenarios"] for bar in scenario["bars"]] +
                       [("micro", bar) for bar in micro["bars"]]))
    parts += [_scenario(scenario) for scenario in document["scenarios"]]
    parts.append(_micro(micro))
    parts.append("<p class=soft>Medians, with the smallest and the largest value; ratios are taken round by round. CPU and "
                 "bytes to disk are of the tool and everything it starts, as the kernel accounts them; memory is the "
                 "sum over its processes. bench/README.md says how the numbers are taken.</p></html>")
    return "\n".join(parts)


def _bars(bars):
    if not bars:
        return ""
    rows = []
    for scenario, bar in bars:
        word = "met" if bar["met"] else "missed"
        sign = "≥" if bar["at_least"] else "≤"
        rows.append(f"<tr><td><a href='#{scenario}'>{scenario}</a></td><td>{escape(bar['text'])}</td>"
                    f"<td>{sign} {figures.number(bar['limit'])} {escape(bar['unit'])}</td>"
                    f"<td>{escape(figures.between(bar))}</td><td class={word}>{word}</td></tr>")
    return ("<div class=wide><table class=bars><tr><th>scenario</th><th style='text-align:left'>bar</th><th>limit</th>"
            "<th>median (min-max)</th><th></th></tr>" + "".join(rows) + "</table></div>")


def _scenario(scenario):
    contenders = scenario["contenders"]
    parts = [f"<section><h2 id='{scenario['name']}'>{escape(scenario['title'])}</h2>",
             f"<p class=soft>{escape(scenario['purpose'])} {figures.rounds(scenario)}.</p>"]
    busiest = max((each["others_share_of_machine"] for each in contenders), default=0)
    if busiest > figures.NOISE_SHARE:
        parts.append(f"<p class=warning>Somebody else took up to {busiest:.0%} of the machine during these runs.</p>")
    if scenario["x_axis"]:
        parts += _scaling(scenario)
    else:
        parts += _comparison(contenders)
    parts.append(plots.lines("Memory of all its processes over time, MiB", "seconds",
                             [(each["name"], [(at, rss / figures.MIB) for at, rss in each["memory"]])
                              for each in contenders if each["memory"]]))
    head = "".join(f"<th>{cell}</th>" for cell in figures.HEAD)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in figures.row(each)) + "</tr>"
                   for each in contenders)
    parts.append(f"<div class=wide><table><tr>{head}</tr>{body}</table></div></section>")
    return "\n".join(parts)


def _micro(micro):
    if not micro["parsers"]:
        return ""
    # What runs at the speed of memory would flatten the rest.
    slow = [each for each in micro["parsers"] if each["mb_per_second"]["median"] < 5000]
    return ("<section><h2 id=micro>The parsers, on one core</h2><p class=soft>MB/s of their input; several repetitions.</p>"
            + plots.bars("MB/s", [(each["name"].replace("pack_walker", "walker"), each["mb_per_second"]) for each in slow])
            + "</section>")


def _comparison(contenders):
    many = contenders[0]["objects"] >= 1000
    key, title = ("objects_per_second", "Objects a second") if many else ("gb_per_second", "Throughput, GB/s")
    out = [plots.bars(title, [(each["name"], each[key]) for each in contenders]),
           plots.bars("CPU seconds of the tool for each GB", [(each["name"], each["cpu_seconds_per_gb"])
                                                               for each in contenders])]
    if any(each["disk_bytes"]["max"] > 0 for each in contenders):
        in_gb = [(each["name"], {word: value / figures.GB for word, value in each["disk_bytes"].items()})
                 for each in contenders]
        out.append(plots.bars("Written to disk, GB", in_gb))
    return out


def _scaling(scenario):
    def curve(title, value):
        points = [(each["x"], value(each)) for each in scenario["contenders"]]
        return plots.lines(title, scenario["x_axis"], [(title, points)], measured=True)

    many = scenario["contenders"][0]["objects"] >= 1000
    rate = (curve("Objects a second", lambda each: each["objects_per_second"]["median"]) if many else
            curve("Throughput, GB/s", lambda each: each["gb_per_second"]["median"]))
    return [rate,
            curve("CPU seconds for each GB", lambda each: each["cpu_seconds_per_gb"]["median"]),
            curve("Peak memory, MiB", lambda each: each["peak_rss_bytes"]["median"] / figures.MIB)]
