"""The benchmark as one HTML page that needs nothing else."""
import html
import io
from pathlib import Path
from typing import Any, Dict, List

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (after the backend is chosen)

STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccc}"


def _bars(title: str, values: Dict[str, float], unit: str) -> str:
    figure, axes = pyplot.subplots(figsize=(7, 0.5 + 0.5 * len(values)))
    drawn = axes.barh(list(values), list(values.values()), color=["#0b6e6e", "#b5483a"][: len(values)] or None)
    axes.bar_label(drawn, fmt="%.1f", padding=3)
    axes.set_xlabel(unit)
    axes.set_title(title)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    pyplot.close(figure)
    return out.getvalue()[out.getvalue().index("<svg"):]


def _table(rows: Dict[str, Any]) -> str:
    lines = "".join(f"<tr><th>{html.escape(str(name))}</th><td>{value:.2f}</td></tr>" if isinstance(value, float)
                    else f"<tr><th>{html.escape(str(name))}</th><td>{html.escape(str(value))}</td></tr>" for name, value in rows.items())
    return f"<table>{lines}</table>"


def write_page(path: Path, result: Dict[str, Any]) -> None:
    parts: List[str] = ["<h1>How fast and how light</h1>", _table(result["machine"])]
    sides = result["sides"]
    parts.append(_bars("Start to ready", {name: found["start s"] for name, found in sides.items()}, "seconds"))
    parts.append(_bars("Peak memory", {name: found["peak MB"] for name, found in sides.items()}, "MB"))
    for load in [name for name, found in next(iter(sides.values())).items() if isinstance(found, dict)]:
        parts.append(f"<h2>{html.escape(load)}</h2>")
        parts.append(_bars("Half of the messages are answered within", {name: found[load]["p50 ms"] for name, found in sides.items()}, "ms"))
        parts += [f"<h3>{html.escape(name)}</h3>" + _table(found[load]) for name, found in sides.items()]
    if result["times better"]:
        parts.append("<h2>Times better than Rasa's default</h2>" + _table(result["times better"]) + _table(result["default"]))
    for name in ("environment MB", "long conversation", "workers on Redis", "sessions"):
        parts.append(f"<h2>{html.escape(name)}</h2>" + _table(result[name]))
    path.write_text(f"<!doctype html><html lang=en><meta charset=utf-8><title>Benchmark</title><style>{STYLE}</style>{''.join(parts)}</html>", encoding="utf-8")
