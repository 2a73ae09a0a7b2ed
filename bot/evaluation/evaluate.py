"""`python -m bot evaluate`: measures how well the bot understands and writes a report that a person can read."""
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple
from uuid import uuid4

import aiohttp
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.assistant import Assistant
from bot.bench.sides import Default
from bot.evaluation import keywords
from bot.evaluation.default import asking as default_asking
from bot.evaluation.measure import Ask, Outcome, Share, figures, measure, ordinary, share
from bot.evaluation.report import write_report
from bot.evaluation.sets import SETS, Item, read_ordinary, read_set
from bot.evaluation.without import PARTS, without
from bot.nlu.noise import NOISES
from bot.webchat.conversations import CONVERSATIONS
from scripts.default_rasa import how_trained

WORDS_LONG = 40
TRAINED = "Rasa's default was trained for"


def asking(assistant: Assistant) -> Ask:
    """Asks the assistant as the web chat does, each message in a conversation of its own that is forgotten at once."""

    async def ask(text: str) -> Tuple[List[str], Dict]:
        conversation = uuid4().hex
        messages, trace = await assistant.answer(conversation, text=text)
        CONVERSATIONS.forget(conversation)
        return [one["id"] for message in messages if message["type"] == "services" for one in message["services"]], trace  # type: ignore

    return ask


def sets() -> List[str]:
    """The names of the evaluation sets that the project holds."""
    return sorted(path.stem for path in SETS.glob("*.jsonl"))


def _groups(outcomes: List[Outcome]) -> Dict[str, Dict[str, Share]]:
    """The share of messages whose right services were all shown, by concern, speaker, length and language."""
    by: Dict[str, Dict[str, List[bool]]] = {name: defaultdict(list) for name in ("concern", "speaker", "length", "language")}
    for one in outcomes:
        if one.item.must:
            length = "long (over 40 words)" if len(one.item.text.split()) > WORDS_LONG else "short (up to 5)" if len(one.item.text.split()) <= 5 else "middle"
            for name, key in (("concern", one.item.concern or "a question"), ("speaker", one.item.speaker), ("length", length), ("language", one.item.lang)):
                by[name][key].append(one.all_shown)
    return {name: {key: share(found) for key, found in sorted(groups.items())} for name, groups in by.items()}


def _noisy(items: Iterable[Item], name: str) -> List[Item]:
    chance = random.Random(7)
    return [item._replace(text=NOISES[name](item.text, chance)) for item in items]


async def evaluate(folder: Path, ordinary_file: Optional[Path], noise: bool, beside: Optional[Default] = None, parts: bool = False) -> Dict[str, Any]:
    """Runs everything, prints a summary, writes report.html and report.json into `folder`, and returns the figures.

    `beside`: Rasa's default, running, which is asked the same messages. `parts`: also without each part of the pipeline in turn.
    """
    console = Console()
    assistant = Assistant.load()
    ask = asking(assistant)
    items = {name: read_set(name) for name in sets()}
    items["ordinary"] = ordinary(read_ordinary(SETS / "ordinary.txt"))
    if ordinary_file:
        items[ordinary_file.name] = ordinary(read_ordinary(ordinary_file))
    with Progress(console=console) as progress:

        async def run(title: str, how: Ask, what: List[Item]) -> List[Outcome]:
            task = progress.add_task(title, total=len(what))
            return await measure(how, what, lambda: progress.advance(task))

        outcomes = {name: await run(name, ask, what) for name, what in items.items()}
        plain = {name: await run(f"{name}, keyword list", keywords.ask, what) for name, what in items.items()}
        default: Dict[str, List[Outcome]] = {}
        if beside is not None:
            async with aiohttp.ClientSession() as http:
                default = {name: await run(f"{name}, Rasa's default", default_asking(beside, http), what) for name, what in items.items()}
        noisy: Dict[str, List[Outcome]] = {}
        if noise:
            english = [item for item in items["english"] if item.must]
            for name in NOISES:
                noisy[name] = await run(f"english, {name}", ask, _noisy(english, name))
        lacking: Dict[str, List[Outcome]] = {}
        if parts:
            both = [item for name in sets() if name.startswith(("english", "hard_negatives")) for item in items[name]]
            lacking["nothing"] = await run("with all parts", ask, both)
            for name in PARTS:
                with without(name):
                    lacking[name] = await run(f"without {name}", ask, both)
    result = {
        "figures": {name: figures(found) for name, found in outcomes.items()},
        "keyword list": {name: figures(found) for name, found in plain.items()},
        "Rasa's default": {name: figures(found) for name, found in default.items()},
        TRAINED: how_trained() if default else None,
        "groups": _groups([one for name in sets() for one in outcomes[name]]),
        "noise": {name: figures(found) for name, found in noisy.items()},
        "without": {name: figures(found) for name, found in lacking.items()},
    }
    for name, found in result["figures"].items():
        others = {other: result[other][name] for other in ("keyword list", "Rasa's default") if name in result[other]}
        _print(console, name, found, others)
    if default:
        console.print(f"Rasa's default was trained for {result[TRAINED]}")
    for name, found in result["noise"].items():
        _print(console, f"english with {name}", found, {})
    for name, found in result["without"].items():
        _print(console, f"English and hard negatives without {name}", found, {})
    folder.mkdir(parents=True, exist_ok=True)
    write_report(folder / "report.html", result, outcomes)
    (folder / "report.json").write_text(json.dumps(_plain(result), indent=1), encoding="utf-8")
    console.print(f"The whole report: {folder / 'report.html'}")
    return result


def _print(console: Console, name: str, found: Dict[str, Share], others: Dict[str, Dict[str, Share]]) -> None:
    table = Table("figure", "this bot (95% interval)", *others, title=name)
    for figure, value in found.items():
        if value.total:
            table.add_row(figure, str(value), *(f"{100 * other[figure].value:.1f}%" for other in others.values()))
    console.print(table)


def _plain(found: Any) -> Any:
    if isinstance(found, Share):
        low, high = found.interval
        return {"hits": found.hits, "total": found.total, "share": found.value if found.total else None, "low": low, "high": high}
    if isinstance(found, dict):
        return {key: _plain(value) for key, value in found.items()}
    return found
