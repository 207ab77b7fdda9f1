"""Results as a table in Markdown and a chart in SVG."""

import json
from xml.sax.saxutils import escape

from peers import YARDSTICKS

ROW, BAR, LEFT, WIDTH = 22, 15, 150, 760


def write(result, directory):
    directory.mkdir(parents=True, exist_ok=True)
    files = {
        "result.json": json.dumps(result, indent=1) + "\n",
        "table.md": table(result),
        "chart.svg": chart(result["medians"]),
    }
    for name, text in files.items():
        (directory / name).write_text(text)
    return [directory / name for name in files]


def table(result):
    options, machine = result["options"], result["machine"]
    lines = [
        f"{machine['cpu']}, {machine['cpus']} processors, Linux {machine['kernel']}, {machine['java']};"
        f" {machine['nginx']}; {machine['haproxy']}; revision {machine['revision']}, {machine['time']}.",
        f"Proxy on processor {options['proxy_cpus']}, load and origin on {options['load_cpus']};"
        f" {options['connections']} connections; medians of {options['rounds']} rounds of"
        f" {options['seconds']} s after {options['warm_up']} s of warm-up. Load average"
        f" {machine['load_before'][0]:.1f} before, {machine['load_after'][0]:.1f} after.",
        "",
    ]
    for cell, rows in by_cell(result["medians"]).items():
        lines += cell_table(cell, rows) + [""]
    if result["constant_rate_medians"]:
        lines += rate_table(options["rate"], result["constant_rate_medians"]) + [""]
    return "\n".join(lines)


def by_cell(medians):
    cells = {}
    for row in medians:
        cells.setdefault(row["cell"], []).append(row)
    return cells


def title(row):
    kinds = {"keep": "keep-alive", "close": "a connection for each request"}
    return f"{row['payload']}, {kinds[row['mode']]}"


def cell_table(cell, rows):
    cpu = {row["peer"]: row["cpu_us"] for row in rows}
    yardsticks = [name for name in YARDSTICKS if cpu.get(name)]
    head = ["", "CPU µs/request", *(f"× {name}" for name in yardsticks),
            "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "RSS MiB", "errors"]  # fmt: skip
    body = [
        [row["peer"], f"{row['cpu_us']:.1f}", *(f"{row['cpu_us'] / cpu[name]:.2f}" for name in yardsticks),
         f"{row['per_second']:.0f}", *(f"{row[p]:.2f}" for p in ("p50", "p99", "p999")),
         f"{row['rss_mib']:.0f}", row["errors"]]
        for row in rows
    ]  # fmt: skip
    return [f"### {title(rows[0])}", "", *markdown(head, body)]


def rate_table(rate, rows):
    figures = ["p50", "p99", "p999", "max", "lateness_p99"]
    head = ["", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "sent late p99 ms", "errors"]
    body = [[row["peer"], *(f"{row[f]:.2f}" for f in figures), row["errors"]] for row in rows]
    return [f"### 1k, {rate} requests a second, latency from when each was due", "", *markdown(head, body)]


def markdown(head, body):
    rule = ["---", *("--:" for _ in head[1:])]
    return ["| " + " | ".join(map(str, line)) + " |" for line in [head, rule, *body]]


def chart(medians):
    """A panel of bars for each cell: CPU time for each request, all panels with a scale of their own."""
    parts, y = [], 20
    for rows in by_cell(medians).values():
        parts.append(text(10, y, f"CPU µs per request: {title(rows[0])}", "title"))
        y += 14
        top = max(row["cpu_us"] for row in rows) or 1
        for row in rows:
            width = row["cpu_us"] / top * (WIDTH - LEFT - 80)
            kind = "ours" if row["peer"].startswith("weir") else "theirs"
            parts.append(text(LEFT - 8, y + BAR - 3, row["peer"], "name"))
            parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}"/>')
            parts.append(text(LEFT + width + 6, y + BAR - 3, f"{row['cpu_us']:.1f}", "value"))
            y += ROW
        y += 24
    style = (
        "text{font:12px sans-serif;fill:#222}.title{font-weight:bold}.name{text-anchor:end}"
        ".ours{fill:#1f77b4}.theirs{fill:#b8bfc6}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}">'
    background = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, f"<style>{style}</style>", background, *parts, "</svg>"]) + "\n"


def text(x, y, content, kind):
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{escape(content)}</text>'
