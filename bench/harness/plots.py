"""Plots as inline SVG: horizontal bars with their spread, and lines. Colours come from the page's variables."""

import math
from html import escape

WIDTH = 760
COLOURS = 6  # --series-0 … in page.py


def colour(index):
    return f"var(--series-{index % COLOURS})"


def ticks(most):
    """Round numbers from 0 to `most`, four to six of them."""
    if most <= 0:
        return [0, 1]
    step = 1.0
    while step * 5 > most:
        step /= 10
    for factor in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if most / (step * factor) <= 5:
            step *= factor
            break
    else:
        step = most / 5
    return [i * step for i in range(int(most / step + 1e-9) + 1)]


def short(value):
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 10:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _svg(height, body, label):
    return (f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">' + "".join(body) + "</svg>")


def _text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def bars(title, rows):
    """`rows`: (name, figure with median, min and max)."""
    left, right, top, pitch = 170, 90, 8, 30
    most = max(figure["max"] for _, figure in rows) or 1
    scale = (WIDTH - left - right) / most
    height = top + pitch * len(rows) + 22
    body = []
    for tick in ticks(most):
        x = left + tick * scale
        body.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{height - 20}" class="grid"/>')
        body.append(_text(x, height - 5, short(tick), "tick", "middle"))
    for index, (name, figure) in enumerate(rows):
        y = top + pitch * index
        middle = y + pitch / 2
        end = left + figure["median"] * scale
        low, high = left + figure["min"] * scale, left + figure["max"] * scale
        told = f"{name}: {figure['median']:.3g} ({figure['min']:.3g} to {figure['max']:.3g})"
        body += [
            f"<g><title>{escape(told)}</title>",
            _text(left - 10, middle + 4, name, "name", "end"),
            f'<rect x="{left}" y="{y + 5}" width="{max(1.0, end - left):.1f}" height="{pitch - 10}" rx="3" '
            f'fill="{colour(index)}"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8" class="spread"/>',
            _text(high + 8, middle + 4, f"{figure['median']:.3g}", "value"),
            "</g>",
        ]
    return f"<figure><figcaption>{escape(title)}</figcaption>{_svg(height, body, title)}</figure>"


def _extent(values):
    most = max(values, default=0)
    return most if most > 0 else 1


def _across(every_x, measured):
    """How x is placed, as a function to 0..1, and its ticks. Measurements over many sizes stand on a logarithm."""
    most = _extent(every_x)
    least = min(every_x, default=0)
    if measured and least > 0 and most / least >= 50:
        # A little room before the first, so that its point is not on the axis.
        low, high = math.log(least) - 0.5, math.log(most)
        return (lambda x: (math.log(x) - low) / (high - low)), sorted(set(every_x))
    return (lambda x: x / most), sorted(set(every_x)) if measured else ticks(most)


def lines(title, x_label, series, measured=False):
    """`series`: (name, [(x, y)…]). With `measured` the points are few, and each is shown."""
    left, right, top, bottom, height = 62, 20, 12, 40, 250
    place, x_ticks = _across([x for _, points in series for x, _ in points], measured)
    most_y = _extent([y for _, points in series for _, y in points]) * 1.05
    across = WIDTH - left - right
    y_scale = (height - top - bottom) / most_y
    floor = height - bottom
    body = []
    for tick in ticks(most_y):
        y = floor - tick * y_scale
        body.append(f'<line x1="{left}" y1="{y:.1f}" x2="{WIDTH - right}" y2="{y:.1f}" class="grid"/>')
        body.append(_text(left - 8, y + 4, short(tick), "tick", "end"))
    for tick in x_ticks:
        body.append(_text(left + place(tick) * across, floor + 16, short(tick), "tick", "middle"))
    body.append(_text(left + across / 2, height - 5, x_label, "tick", "middle"))
    for index, (name, points) in enumerate(series):
        placed = [(left + place(x) * across, floor - y * y_scale) for x, y in points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        body.append(f'<path d="{path}" class="line" stroke="{colour(index)}"><title>{escape(name)}</title></path>')
        for (x, y), (real_x, real_y) in zip(placed, points) if measured else ():
            told = f"{name}: {real_y:.3g} at {real_x:.3g}"
            body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour(index)}"><title>{escape(told)}</title>'
                        "</circle>")
    keys = "".join(f'<span><i style="background:{colour(index)}"></i>{escape(name)}</span>'
                   for index, (name, _) in enumerate(series))
    legend = f'<p class="legend">{keys}</p>' if len(series) > 1 else ""
    return f"<figure><figcaption>{escape(title)}</figcaption>{_svg(height, body, title)}{legend}</figure>"
