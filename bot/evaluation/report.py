"""The evaluation as one HTML page that needs nothing else: tables, plots, and the worst misses in full."""
import base64
import io
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Tuple

import matplotlib
import numpy as np
from jinja2 import Environment, FileSystemLoader

from bot.evaluation.measure import Outcome
from bot.signposting.routes import table

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (after the backend is chosen)

MOST_MISSES = 120
BINS = 10


def _picture(figure: Any) -> str:
    """A figure as a data address for an <img>."""
    out = io.BytesIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    pyplot.close(figure)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def _confusion(outcomes: List[Outcome]) -> str:
    """Rows: what it was; columns: what it was taken for."""
    names = [*table().severity, "none"]
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for one in outcomes:
        counts[place.get(one.item.concern or "none", place["none"]), place[one.trace.get("concern") or "none"]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = pyplot.subplots(figsize=(11, 10))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    for row, column in zip(*np.nonzero(counts)):
        axes.text(column, row, int(counts[row, column]), ha="center", va="center", fontsize=6, color="white" if shares[row, column] > 0.5 else "black")
    axes.set_xlabel("taken for")
    axes.set_ylabel("was")
    return _picture(figure)


def calibration(outcomes: List[Outcome]) -> List[Tuple[float, float, int]]:
    """For messages taken as a worry, by confidence: its mean, the share that really were one, and how many."""
    taken = [(float(one.trace["confidence"]), one.item.concern is not None) for one in outcomes if one.as_worry]
    found = []
    for number in range(BINS):
        inside = [(sure, true) for sure, true in taken if number / BINS <= sure < (number + 1) / BINS or (number == BINS - 1 and sure == 1)]
        if inside:
            found.append((sum(sure for sure, _ in inside) / len(inside), sum(true for _, true in inside) / len(inside), len(inside)))
    return found


def _calibration_plot(outcomes: List[Outcome]) -> str:
    figure, axes = pyplot.subplots(figsize=(5, 4))
    found = calibration(outcomes)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.scatter([one[0] for one in found], [one[1] for one in found], s=[8 + one[2] / 5 for one in found])
    axes.set_xlabel("how sure the bot is that it is a worry")
    axes.set_ylabel("share that is one")
    return _picture(figure)


def _bars(groups: Dict[str, Any], title: str) -> str:
    names = list(groups)
    values = [groups[name].value for name in names]
    spread = [[value - groups[name].interval[0] for name, value in zip(names, values)], [groups[name].interval[1] - value for name, value in zip(names, values)]]
    figure, axes = pyplot.subplots(figsize=(7, 0.6 + 0.22 * len(names)))
    axes.barh(range(len(names)), values, xerr=np.maximum(spread, 0), color="#0e5257", ecolor="grey")
    axes.set_yticks(range(len(names)), [f"{name} ({groups[name].total})" for name in names], fontsize=8)
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.set_title(f"right services all shown, by {title}", fontsize=9)
    return _picture(figure)


def _misses(outcomes: List[Outcome]) -> List[Outcome]:
    """Worst first: 999 missed, then 999 shown where it must not lead, then other services."""
    wrong = [one for one in outcomes if not one.all_shown or one.wrong_shown]
    worst = lambda one: (one.item.urgency != "now" or one.led_by_999, not one.wrong_shown, one.all_shown)  # noqa: E731
    return sorted(wrong, key=worst)[:MOST_MISSES]


def write_report(path: Path, result: Dict[str, Any], outcomes: Dict[str, List[Outcome]]) -> None:
    labelled = [one for found in outcomes.values() for one in found]
    templates = Environment(loader=FileSystemLoader(str(Path(__file__).parent)), autoescape=True)
    page = templates.get_template("report.html.j2").render(
        result=result,
        bars={name: _bars(groups, name) for name, groups in result["groups"].items()},
        confusion=_confusion(labelled),
        calibration=_calibration_plot(labelled),
        misses=_misses(labelled),
        missed_counts=Counter(one.item.concern or "none" for one in labelled if not one.all_shown).most_common(),
    )
    path.write_text(page, encoding="utf-8")
