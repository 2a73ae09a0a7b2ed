"""Writes a flow as YAML, so that a conversation can be kept as a test."""
import re
import textwrap
from io import StringIO
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from bot.signposting.data_files import DataError, shown
from bot.signposting.reply import Message
from bot.staff.flows.model import NONE, Expected, Flow, State, Step
from bot.staff.flows.reading import YAML_ENDINGS, read_flows

FIRST = ("concern", "urgent", "audience", "services")   # in the order that staff think of them


def from_conversation(
    name: str, path: Path, said: Iterable[Tuple[Optional[str], Optional[str], List[Message], Dict[str, Any]]], start: State = State()
) -> Flow:
    """A flow that expects of each answer what it was: concern, urgent, audience, services and the responses used.

    `said`: for each message its text or None, the button or None, the answer's messages and its trace.
    """
    steps = []
    for user, choice, messages, trace in said:
        services = [card["id"] for message in messages if message["type"] == "services" for card in message["services"]]  # type: ignore
        expected: Dict[str, Any] = {"urgent": trace.get("urgency") == "now", "services": services, "utter": trace.get("words", [])}
        if "concern" in trace and choice is None:
            expected["concern"] = trace["concern"]
        if trace.get("audience", "unknown") != "unknown":
            expected["audience"] = trace["audience"]
        steps.append(Step(user, choice, Expected.parse_obj(expected)))
    return Flow(" ".join(name.split()), path, 0, start, tuple(steps))


def write(flow: Flow, path: Path) -> None:
    """Writes the flow as the last test case of `path`, which may be new; what is in the file already stays as it is.

    Raises DataError where the file has mistakes, has a test case of that name already, is no YAML file, or is one that cannot be added to.
    """
    if path.suffix.lower() not in YAML_ENDINGS:
        raise DataError(f"{shown(path)}: a conversation is kept in a .yml file")
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before is not None and any(one.name == flow.name for one in read_flows(path)):
        raise DataError(f"{shown(path)}: there is a test case called {flow.name!r} already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"test_cases:\n{as_yaml(flow)}" if before is None else f"{before.rstrip()}\n\n{as_yaml(flow, _indent(before))}", encoding="utf-8")
    try:
        kept = [one.name for one in read_flows(path)]
    except DataError:
        kept = []
    if flow.name not in kept:
        path.write_text(before or "", encoding="utf-8")
        raise DataError(f"{shown(path)}: a test case cannot be added at its end; choose a new file")


def _indent(text: str) -> int:
    """How far the file's own test cases stand from the left."""
    found = re.search(r"^( *)- test_case:", text, re.MULTILINE)
    return len(found.group(1)) if found else 2


def as_yaml(flow: Flow, indent: int = 2) -> str:
    """The test case as it stands in a file, below `test_cases:`."""
    case: Dict[str, Any] = {"test_case": flow.name}
    if flow.start.__fields_set__:
        case["fixtures"] = [{name: _value(getattr(flow.start, name))} for name in State.__fields__ if name in flow.start.__fields_set__]
    case["steps"] = [_step(step) for step in flow.steps]
    yaml = YAML(typ="rt")
    yaml.default_flow_style = False
    yaml.width = 150
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump([case], out)
    return textwrap.indent(textwrap.dedent(out.getvalue()), " " * indent)


def _step(step: Step) -> Dict[str, Any]:
    written: Dict[str, Any] = {"choice": step.choice} if step.choice is not None else {"user": step.user or ""}
    given = step.expected.__fields_set__
    names = [name for name in (*FIRST, *Expected.__fields__) if name in given]
    if names:
        written["assertions"] = [{name: _value(getattr(step.expected, name))} for name in dict.fromkeys(names)]
    return written


def _value(value: Any) -> Any:
    """As people write it: yes and no, and short lists in one line."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return {name: _value(one) if one is not None else "" for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        listed = CommentedSeq(value)
        listed.fa.set_flow_style()
        return listed
    return int(value) if isinstance(value, float) and value == int(value) else value
