"""Tests the conversation tests: breaks one thing at a time in the loaded data, and asks whether any flow notices.

    python scripts/mutate.py [--report DIR] [--phrases N] [--seed S] [--kind KIND]

Broken, one at a time: every row of the route table and of the help menu, every service's card, every response, every sign of the safety net and
every list that cancels its phrases, a sample of single phrases, every rule, every button and every question. Nothing is trained anew: a rule is
broken in the lookup of the loaded rule policy, which is what training makes of data/rules.yml.

A break is noticed where at least one flow fails. Only flows that touch the broken thing are held, shortest first. What a message was taken to mean is kept
from the first run, where the break cannot change it.
The exit status is 1 where fewer than 95% of the breaks are noticed.
"""
import argparse
import asyncio
import copy
import json
import logging
import random
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Set, Tuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot import lean  # noqa: E402

lean.prepare()
logging.disable(logging.CRITICAL)   # breaks that crash inside are meant to

from bot.assistant import Assistant  # noqa: E402
from bot.nlu.safety_net import net  # noqa: E402
from bot.signposting.choices import choices  # noqa: E402
from bot.signposting.routes import table  # noqa: E402
from bot.signposting.services import EMERGENCY, registry  # noqa: E402
from bot.signposting.words import responses  # noqa: E402
from bot.staff.flows import Flow, Result, load, run  # noqa: E402

ENOUGH = 0.95
OTHER_WORDS = "utter_off_topic_calm"   # what a response is replaced with
Touched = Tuple[str, str]              # a kind of thing and its name, as flows touch it


@dataclass(frozen=True)
class Break:
    """`touches`: a flow that touches one of these may notice it. `hears`: it may change what a message is taken to mean."""

    kind: str
    name: str
    apply: Callable[[], ContextManager]
    touches: Tuple[Touched, ...]
    hears: bool = False


# ---- how things are broken

@contextmanager
def patched(holder: Any, name: Any, value: Any) -> Iterator[None]:
    """The holder (a mapping, or an object whatever its class forbids) with another value until the block ends."""
    inside = holder if isinstance(holder, dict) else holder.__dict__
    before = inside[name]
    inside[name] = value
    try:
        yield
    finally:
        inside[name] = before


@contextmanager
def without(mapping: Dict, name: str) -> Iterator[None]:
    before = dict(mapping)
    del mapping[name]
    try:
        yield
    finally:
        mapping.clear()
        mapping.update(before)   # in the order that it had


@contextmanager
def together(parts: List[ContextManager]) -> Iterator[None]:
    with ExitStack() as stack:
        for part in parts:
            stack.enter_context(part)
        yield


def row_breaks() -> Iterator[Break]:
    """Of each row: its services turned round, its first and its last service left out, its words, and the row itself."""
    rows = table().routes
    for place, row in enumerate(rows):
        changed = {"its services turned round": row.services[::-1], "its last service left out": row.services[:-1]}
        if len(row.services) > 1:
            changed["its first service left out"] = row.services[1:]
        for how, services in changed.items():
            if services != row.services:
                yield Break("route row", f"{row.id}: {how}", lambda row=row, services=services: patched(row, "services", services), (("row", row.id),))
        if row.words and row.when.concern != (row.words,):   # where it is the only concern's own name, nothing changes
            yield Break("route row", f"{row.id}: its words left out", lambda row=row: patched(row, "words", None), (("row", row.id),))
        if place < len(rows) - 1:
            rest = rows[:place] + rows[place + 1:]
            yield Break("route row", f"{row.id}: left out", lambda rest=rest: patched(table(), "routes", rest), (("row", row.id),))
    for menu in table().help_menu:
        for how, services in {"turned round": menu.services[::-1], "its last service left out": menu.services[:-1]}.items():
            if services != menu.services:
                touches = tuple(("menu", audience) for audience in menu.audience)
                yield Break("route row", f"help menu for {' and '.join(menu.audience)}: {how}", lambda menu=menu, services=services: patched(menu, "services", services), touches)


def service_breaks() -> Iterator[Break]:
    """Of each service: its card left out everywhere, its line, its line for adults, and each contact that may be printed."""
    for service in registry().values():
        touches = (("service", service.id),)
        if service.id != EMERGENCY:
            listing = [*table().routes, *table().help_menu]
            yield Break(
                "service", f"{service.id}: shown nowhere",
                lambda service=service, listing=listing: together([
                    patched(one, "services", tuple(other for other in one.services if other != service.id)) for one in listing if service.id in one.services
                ]), touches,
            )
        yield Break("service", f"{service.id}: no line", lambda service=service: patched(service, "line", ""), touches)
        if service.line_adult:
            yield Break("service", f"{service.id}: its line for adults left out", lambda service=service: patched(service, "line_adult", None), touches)
        for contact in service.printable_contacts():
            rest = tuple(one for one in service.contacts if one is not contact)
            yield Break("service", f"{service.id}: its {contact.kind} left out", lambda service=service, rest=rest: patched(service, "contacts", rest), touches)


def response_breaks() -> Iterator[Break]:
    """Each response left out, and each replaced with the words of another."""
    for key in responses():
        touches = (("response", key), ("response", key.replace("_caveat", "")))   # a figure's caveat is said with the figure
        yield Break("response", f"{key}: left out", lambda key=key: without(responses(), key), touches)
        if key != OTHER_WORDS:
            yield Break("response", f"{key}: replaced", lambda key=key: patched(responses(), key, responses()[OTHER_WORDS]), touches)


def sign_breaks() -> Iterator[Break]:
    """Each sign of the safety net left out, and each list of phrases that cancel."""
    for sign in net().signs:
        rest = [one for one in net()._phrases if one[0].id != sign.id]
        yield Break("sign of danger", f"{sign.id}: left out", lambda rest=rest: patched(net(), "_phrases", rest), (("sign", sign.id),), hears=True)
    for kind in net()._cancel:
        rest = {other: phrases for other, phrases in net()._cancel.items() if other != kind}
        yield Break("sign of danger", f"phrases that cancel, {kind}: left out", lambda rest=rest: patched(net(), "_cancel", rest), (("cancelled by", kind),), hears=True)


def phrase_breaks(number: int, seed: int) -> Iterator[Break]:
    """A sample of single phrases, drawn by chance from all of them."""
    every = [(sign, place) for sign, patterns in net()._phrases for place in range(len(patterns))]
    for chosen, place in sorted(random.Random(seed).sample(every, min(number, len(every))), key=lambda one: (one[0].id, one[1])):
        rest = [(sign, patterns[:place] + patterns[place + 1:] if sign.id == chosen.id else patterns) for sign, patterns in net()._phrases]
        yield Break("single phrase (sample)", f"{chosen.id}: {chosen.phrases[place]}", lambda rest=rest: patched(net(), "_phrases", rest), (("sign", chosen.id),), hears=True)


def rule_breaks(assistant: Assistant) -> Iterator[Break]:
    """Each rule leads to another action: a worry is answered as small talk, small talk as a worry."""
    graph = assistant._agent.processor.graph_runner  # type: ignore[union-attr]
    [policy] = [node._component for name, node in graph._nodes.items() if "RulePolicy" in name]
    lookup: Dict[str, str] = policy.lookup["rules"]
    for intent, action in _rules(lookup):
        other = "action_keep_help" if action == "action_signpost" else "action_signpost"
        broken = {_renamed(state, intent, action, other): other if _intents(state)[-1:] == [intent] and then == action else then for state, then in lookup.items()}
        yield Break("rule", f"{intent}: {other}", lambda broken=broken: patched(policy.lookup, "rules", broken), (("intent", intent),))


def _intents(state: str) -> List[str]:
    return [one["user"]["intent"] for one in json.loads(state) if "intent" in one.get("user", {})]


def _rules(lookup: Dict[str, str]) -> List[Tuple[str, str]]:
    """Intent and action of each rule."""
    return [(_intents(state)[-1], action) for state, action in lookup.items() if _intents(state) and action in ("action_signpost", "action_keep_help", "action_answer")]


def _renamed(state: str, intent: str, action: str, other: str) -> str:
    """What follows the action in the same rule follows the other action now."""
    return state.replace(f'"{action}"', f'"{other}"') if _intents(state)[-1:] == [intent] else state


def choice_breaks() -> Iterator[Break]:
    """Each button tells nothing or says something else, each question is never asked, each topic is not offered, each safe word is not known."""
    for choice in choices().choices:
        if choice.says == "inform":   # what it tells is all that it does
            yield Break("button", f"{choice.id}: tells nothing", lambda choice=choice: patched(choice, "tells", {}), (("button", choice.id),))
        else:
            yield Break("button", f"{choice.id}: says that it is off topic", lambda choice=choice: patched(choice, "says", "off_topic"), (("button", choice.id),))
    for name, kind in (("questions", "response"), ("topics", "offered"), ("safe_words", "said")):
        kept = getattr(choices(), name)
        for place, one in enumerate(kept):
            rest = kept[:place] + kept[place + 1:]
            touches = ((kind, getattr(one, "words", one)),)
            yield Break("button", f"{name}: {getattr(one, 'id', one)} left out", lambda name=name, rest=rest: patched(choices(), name, rest), touches)


# ---- who notices

def touched(result: Result) -> Set[Touched]:
    """What the flow's answers were made of."""
    found: Set[Touched] = set()
    for turn in result.turns:
        text = turn.step.user or ""
        for kind, name in (("row", "rows"), ("response", "words"), ("sign", "signs")):
            found |= {(kind, one) for one in turn.trace.get(name, ())}
        found |= {("service", one) for one in turn.services} | {("offered", one) for one in turn.choices}
        found |= {("intent", turn.trace.get("intent", "")), ("button", turn.step.choice or ""), ("said", text.strip(" .!?").lower())}
        if not turn.trace.get("rows"):
            found.add(("menu", turn.trace.get("audience", "")))
        found |= {("cancelled by", kind) for kind in cancelled_by(text)}
    return found


def cancelled_by(text: str) -> Set[str]:
    """The lists of the safety net without which the text would mean danger, or more of it."""
    as_it_is, found = net().search(text), set()
    for kind in net()._cancel:
        with patched(net(), "_cancel", {other: phrases for other, phrases in net()._cancel.items() if other != kind}):
            if net().search(text) != as_it_is:
                found.add(kind)
    return found


class Hearing:
    """Keeps what each message was taken to mean, so that the pipeline reads it once."""

    def __init__(self, assistant: Assistant) -> None:
        self._processor = assistant._agent.processor
        self._read = self._processor.parse_message  # type: ignore[union-attr]
        self._kept: Dict[str, Dict[str, Any]] = {}

    async def heard(self, message: Any, *rest: Any, **more: Any) -> Dict[str, Any]:
        if message.text not in self._kept:
            self._kept[message.text] = await self._read(message, *rest, **more)
        return copy.deepcopy(self._kept[message.text])

    def keep(self, kept: bool) -> None:
        self._processor.parse_message = self.heard if kept else self._read  # type: ignore[union-attr,method-assign]


def key(flow: Flow) -> str:
    return f"{flow.path}:{flow.name}"


async def noticed_by(assistant: Assistant, one: Break, flows: List[Flow]) -> str:
    """The name of the first flow that fails while the thing is broken, or nothing."""
    with one.apply():
        for flow in flows:
            [result] = await run(assistant, [flow])
            if not result.passed:
                return flow.name
    return ""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--report", type=Path, default=ROOT / "reports" / "mutation")
    options.add_argument("--phrases", type=int, default=60, help="how many single phrases of the safety net to break")
    options.add_argument("--seed", type=int, default=1, help="draws the sample of phrases")
    options.add_argument("--kind", default="", help="only breaks of this kind, such as rule")
    given = options.parse_args()
    began = time.monotonic()
    flows, assistant, loop = load([ROOT / "tests" / "flows"]), Assistant.load(), asyncio.new_event_loop()
    hearing = Hearing(assistant)
    hearing.keep(True)
    results = loop.run_until_complete(run(assistant, flows))
    failed = [result.flow.name for result in results if not result.passed]
    if failed:
        print(f"These flows fail before anything is broken; mend them first: {', '.join(failed)}")
        return 1
    touches = {key(result.flow): touched(result) for result in results}
    breaks = [
        *row_breaks(), *service_breaks(), *response_breaks(), *sign_breaks(), *phrase_breaks(given.phrases, given.seed), *rule_breaks(assistant), *choice_breaks(),
    ]
    breaks = [one for one in breaks if given.kind in one.kind]
    found: List[Dict[str, str]] = []
    for number, one in enumerate(breaks, start=1):
        hearing.keep(not one.hears)
        may_notice = sorted((flow for flow in flows if touches[key(flow)] & set(one.touches)), key=lambda flow: len(flow.steps))
        by = loop.run_until_complete(noticed_by(assistant, one, may_notice))
        found.append({"kind": one.kind, "break": one.name, "noticed by": by})
        if sys.stderr.isatty() or number % 100 == 0:
            print(f"\r{number} of {len(breaks)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tell(found, len(flows), given, time.monotonic() - began)


def tell(found: List[Dict[str, str]], flows: int, given: argparse.Namespace, seconds: float) -> int:
    """Prints the shares and the survivors, writes them, and returns the exit status."""
    total, caught = Counter(one["kind"] for one in found), Counter(one["kind"] for one in found if one["noticed by"])
    survivors = [f"{one['kind']}: {one['break']}" for one in found if not one["noticed by"]]
    share = sum(caught.values()) / max(len(found), 1)
    lines = [f"{kind}: {caught[kind]} of {total[kind]} noticed ({caught[kind] / total[kind]:.1%})" for kind in total]
    lines += [f"all: {sum(caught.values())} of {len(found)} noticed ({share:.1%}), {flows} flows, {seconds / 60:.1f} minutes", "", f"{len(survivors)} survivors:"]
    lines += [f"  {one}" for one in survivors]
    print("\n".join(lines))
    given.report.mkdir(parents=True, exist_ok=True)
    (given.report / "mutation.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (given.report / "mutation.json").write_text(json.dumps({"seed": given.seed, "phrases": given.phrases, "breaks": found}, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
