"""Reads flow files: YAML in the shape of Rasa's end-to-end tests, and CSV. Mistakes are collected, each with file and line."""
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

from bot.signposting.choices import choices
from bot.signposting.data_files import DataError, did_you_mean, line_of, shown
from bot.staff.flows.model import NONE, Expected, Flow, State, Step

YAML_ENDINGS, CSV_ENDINGS = (".yml", ".yaml"), (".csv",)
STEP_KEYS = ("user", "choice", "bot", "utter", "slot_was_set", "assertions")
IN_PLAIN_WORDS = {
    "type_error.str": "write a text", "type_error.none.not_allowed": "has no value", "type_error.integer": "write a whole number",
    "type_error.float": "write a number", "value_error.strictbool": "write yes or no", "type_error.bool": "write yes or no", "type_error.tuple": "write a list",
    "value_error.any_str.max_length": "is too long",
}
LONGEST_FILE = 2_000_000   # letters


class Mistakes:
    """The mistakes of one file, by line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: List[Tuple[int, str]] = []

    def add(self, line: int, what: str) -> None:
        self._found.append((line, f"{shown(self._path)}:{line}: {what}"))

    def found(self) -> List[str]:
        return [what for _, what in sorted(self._found, key=lambda one: one[0])]


class _AsWritten(VersionedResolver):
    """Every value stays the text that was written: 13_15, no and 18 are words here and not numbers or truth values."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        return "tag:yaml.org,2002:str" if kind is ScalarNode else super().resolve(kind, value, implicit)


def load(paths: Iterable[Path]) -> List[Flow]:
    """All flows of the files, and of the .yml, .yaml and .csv files below the folders. Raises DataError with every mistake."""
    flows: List[Flow] = []
    mistakes: List[str] = []
    for path in paths:
        try:
            files = flow_files(path)
        except DataError as error:
            mistakes.append(str(error))
            continue
        for file in files:
            try:
                flows += read_flows(file)
            except DataError as error:
                mistakes.append(str(error))
    if mistakes:
        raise DataError("\n".join(mistakes))
    return flows


def flow_files(path: Path) -> List[Path]:
    """The path itself, or the flow files below it. Raises DataError where there is none."""
    path = path.absolute()
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.suffix.lower() in YAML_ENDINGS + CSV_ENDINGS and one.is_file())
    if not path.exists():
        raise DataError(f"{shown(path)}: there is no such file or folder")
    if path.suffix.lower() not in YAML_ENDINGS + CSV_ENDINGS:
        raise DataError(f"{shown(path)}: a flow file ends in .yml, .yaml or .csv")
    return [path]


def read_flows(path: Path) -> List[Flow]:
    """The flows of one file. Raises DataError with all its mistakes, a line each."""
    mistakes = Mistakes(path)
    if path.suffix.lower() in CSV_ENDINGS:
        from bot.staff.flows.spreadsheet import read_rows

        flows = read_rows(path, _text(path), mistakes)
    else:
        flows = _read_cases(path, _content(path), mistakes)
    names: Dict[str, int] = {}
    for flow in flows:
        if flow.name in names:
            mistakes.add(flow.line, f"{flow.name!r} stands there twice (also in line {names[flow.name]})")
        names.setdefault(flow.name, flow.line)
    if mistakes.found():
        raise DataError("\n".join(mistakes.found()))
    return flows


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{shown(path)}: cannot be read ({error.strerror})") from None
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):   # Excel writes all three
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DataError(f"{shown(path)}:1: is no text file; save it as UTF-8")
    if len(text) > LONGEST_FILE:
        raise DataError(f"{shown(path)}:1: is too long; at most {LONGEST_FILE} letters, so split it")
    return text


def _content(path: Path) -> Any:
    yaml = YAML(typ="rt")
    yaml.Resolver = _AsWritten
    try:
        return yaml.load(_text(path))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataError(f"{shown(path)}:{mark.line + 1 if mark else 1}: not valid YAML: {error.problem or error.context}") from None
    except (YAMLError, ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, NotImplementedError, RecursionError):
        raise DataError(f"{shown(path)}:1: not valid YAML") from None   # the parser gives these for odd signs and tags, without a place


def _read_cases(path: Path, content: Any, mistakes: Mistakes) -> List[Flow]:
    if not isinstance(content, dict) or not isinstance(content.get("test_cases"), list):
        mistakes.add(1, "needs `test_cases:` with a list of `- test_case: name`")
        return []
    _only(content, ("test_cases", "fixtures", "version"), content, (), mistakes)
    fixtures = _fixtures(content, mistakes)
    flows = []
    for number, case in enumerate(content["test_cases"]):
        where = ("test_cases", number)
        line = line_of(content, where)
        name = case.get("test_case") if isinstance(case, dict) else None
        if not isinstance(name, str) or not name.strip():
            mistakes.add(line, "a test case begins with `- test_case: name`")
            continue
        _only(case, ("test_case", "fixtures", "steps"), content, where, mistakes)
        start = _start(case.get("fixtures"), fixtures, content, where + ("fixtures",), mistakes)
        steps = _steps(case.get("steps"), content, where + ("steps",), mistakes)
        flows.append(Flow(" ".join(name.split()), path, line, start, tuple(steps)))
    return flows


def _only(given: Dict, known: Tuple[str, ...], content: Any, where: Tuple, mistakes: Mistakes) -> None:
    for key in given:
        if key not in known:
            mistakes.add(line_of(content, (*where, key)), f"{_short(key)} is not known here{did_you_mean(str(key), known)}; known: {', '.join(known)}")


def _named(field: str) -> str:
    return field if field.isidentifier() else repr(field)


def _short(value: Any) -> str:
    return repr(value[:60]) if isinstance(value, str) else "this"


# ---- the starting state

def _fixtures(content: Any, mistakes: Mistakes) -> Dict[str, Dict[str, Any]]:
    """Named starting states: `- name: [{audience: adult}, ...]` or `- name: {audience: adult, ...}`."""
    given = content.get("fixtures") or []
    found: Dict[str, Dict[str, Any]] = {}
    for number, one in enumerate(given if isinstance(given, list) else [given]):
        where = ("fixtures", number) if isinstance(given, list) else ("fixtures",)
        if not isinstance(one, dict):
            mistakes.add(line_of(content, where), "write fixtures as `- name:` with `- field: value` below it")
            continue
        for name, facts in one.items():
            found[str(name)] = _facts(facts, content, (*where, name), mistakes)
            state(found[str(name)], line_of(content, (*where, name)), mistakes)
    return found


def _facts(given: Any, content: Any, where: Tuple, mistakes: Mistakes) -> Dict[str, Any]:
    """Fields of State, from a mapping or a list of mappings."""
    facts: Dict[str, Any] = {}
    for one in given if isinstance(given, list) else [given]:
        if not isinstance(one, dict):
            mistakes.add(line_of(content, where), "write a starting state as `field: value`, for example `audience: adult`")
            continue
        facts.update({str(name): value for name, value in one.items()})
    return facts


def _start(given: Any, fixtures: Dict[str, Dict[str, Any]], content: Any, where: Tuple, mistakes: Mistakes) -> State:
    """Names of fixtures, or fields of State, or both, in a list."""
    facts: Dict[str, Any] = {}
    for number, one in enumerate([] if given is None else given if isinstance(given, list) else [given]):
        place = (*where, number) if isinstance(given, list) else where
        if isinstance(one, str):
            if one not in fixtures:
                mistakes.add(line_of(content, place), f"there is no fixture {_short(one)}{did_you_mean(one, fixtures)}")
            facts.update(fixtures.get(one, {}))
        else:
            facts.update(_facts(one, content, place, mistakes))
    return state(facts, line_of(content, where), mistakes)


def state(facts: Dict[str, Any], line: int, mistakes: Mistakes) -> State:
    """The starting state with these fields; `concern` may be written for `concerns`."""
    try:
        return State.parse_obj({"concerns" if name == "concern" else name: value for name, value in facts.items()})
    except ValidationError as error:
        for field, what in explained(error, State):
            mistakes.add(line, f"{_named(field)}: {what}")
        return State()


# ---- the conversation

def _steps(given: Any, content: Any, where: Tuple, mistakes: Mistakes) -> List[Step]:
    if not isinstance(given, list) or not given:
        mistakes.add(line_of(content, where), "needs `steps:` with at least one `- user: message`")
        return []
    drafts: List[Draft] = []
    for number, step in enumerate(given):
        place = (*where, number)
        line = line_of(content, place)
        if not isinstance(step, dict):
            mistakes.add(line, "a step is `- user: message`, `- choice: button`, or what must follow: bot, utter, slot_was_set, assertions")
            continue
        _only(step, STEP_KEYS, content, place, mistakes)
        if "user" in step or "choice" in step:
            drafts.append(Draft(_said(step, "user", line, mistakes), _said(step, "choice", line, mistakes), line))
            check_message(drafts[-1], mistakes)
        elif not drafts:
            mistakes.add(line, "the first step must be what the visitor says: `- user: message` or `- choice: button`")
            continue
        for key in ("bot", "utter", "slot_was_set"):
            if key in step:
                drafts[-1].expect(key, step[key], line_of(content, (*place, key)), mistakes)
        assertions = step.get("assertions", [])
        for at, one in enumerate(assertions if isinstance(assertions, list) else [assertions]):
            inside = (*place, "assertions", at) if isinstance(assertions, list) else (*place, "assertions")
            if not isinstance(one, dict):
                mistakes.add(line_of(content, inside), "write an assertion as `name: value`, for example `first: childline`")
                continue
            for name, value in one.items():
                drafts[-1].expect(name, value, line_of(content, (*inside, name)), mistakes)
    return [draft.step(mistakes) for draft in drafts]


def _said(step: Dict, key: str, line: int, mistakes: Mistakes) -> Optional[str]:
    value = step.get(key)
    if key in step and not isinstance(value, str):
        mistakes.add(line, f"{key}: write a text")
        return ""
    return value


def check_message(draft: "Draft", mistakes: Mistakes) -> None:
    if draft.user is not None and draft.choice is not None:
        mistakes.add(draft.line, "a step is either `user` or `choice`, not both")
    known = [choice.id for choice in choices().choices]
    if draft.choice is not None and draft.choice not in known:
        mistakes.add(draft.line, f"choice: {_short(draft.choice)} is not a button of choices.yml{did_you_mean(draft.choice, known)}")


class Draft:
    """A step while it is read: what is expected comes from the step itself and from those that follow it."""

    def __init__(self, user: Optional[str], choice: Optional[str], line: int) -> None:
        self.user, self.choice, self.line = user, choice, line
        self._expected: Dict[str, Any] = {}
        self._lines: Dict[str, int] = {}

    def expect(self, name: Any, value: Any, line: int, mistakes: Mistakes) -> None:
        name = str(name)
        if name == "slot_was_set":
            value = _slots(value)
        if name in self._expected:
            before = self._expected[name]
            if name == "slot_was_set" and isinstance(before, dict) and isinstance(value, dict):
                value = {**before, **value}
            elif name in ("bot", "utter", "contains", "not_contains", "matches"):
                value = [*(before if isinstance(before, list) else [before]), *(value if isinstance(value, list) else [value])]
            else:
                mistakes.add(line, f"{name} stands there twice for the same message (also in line {self._lines[name]})")
        self._expected[name] = value
        self._lines.setdefault(name, line)

    def step(self, mistakes: Mistakes) -> Step:
        given = {name: None if name == "concern" and value == NONE else value for name, value in self._expected.items()}
        try:
            expected = Expected.parse_obj(given)
        except ValidationError as error:
            for field, what in explained(error, Expected):
                mistakes.add(self._lines.get(field, self.line), f"{_named(field)}: {what}")
            expected = Expected()
        return Step(self.user, self.choice, expected, self.line, self._lines)


def _slots(value: Any) -> Any:
    """`slot_was_set` as Rasa writes it: a list of names, of `name: value`, or of `{name: ..., value: ...}`."""
    found: Dict[str, Any] = {}
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            found[one] = None
        elif isinstance(one, dict) and set(one) == {"name", "value"}:
            found[str(one["name"])] = one["value"]
        elif isinstance(one, dict):
            found.update({str(name): wanted for name, wanted in one.items()})
        else:
            return value
    return {"concerns" if name == "concern" else name: wanted for name, wanted in found.items()}


def explained(error: ValidationError, model: Any) -> List[Tuple[str, str]]:
    """Field and mistake, in plain words."""
    found = []
    for mistake in error.errors()[:8]:
        field = str(mistake["loc"][0])
        if mistake["type"] == "value_error.extra":
            found.append((field, f"is not known{did_you_mean(field, model.__fields__) or '; known: ' + ', '.join(model.__fields__)}"))
        elif mistake["type"] == "value_error":
            found.append((field, mistake["msg"]))
        else:
            found.append((field, IN_PLAIN_WORDS.get(mistake["type"], mistake["msg"])))
    return list(dict.fromkeys(found))
