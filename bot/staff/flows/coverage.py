"""What the flows reach, and what nobody tests."""
from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Tuple

from bot.signposting.choices import choices
from bot.signposting.data_files import DATA, read_yaml
from bot.signposting.routes import table
from bot.signposting.services import registry
from bot.signposting.situation import AGES, AUDIENCES, URGENCIES
from bot.signposting.words import responses
from bot.staff.flows.model import signs
from bot.staff.flows.results import Result, Turn

# Said by the channel when a conversation cannot go on, so no conversation reaches them; tests/test_never_without_help.py does.
OUTSIDE_A_CONVERSATION = ("utter_broken", "utter_session_over", "utter_too_fast", "utter_paused")


@dataclass(frozen=True)
class Coverage:
    """`reached`: by kind (concerns, services ...) and name how many answers; `heat`: answers by (concern, audience, urgent)."""

    reached: Dict[str, Dict[str, int]]
    heat: Dict[Tuple[str, str, bool], int]
    flows: int
    answers: int

    def missing(self) -> Dict[str, List[str]]:
        """What nobody tests, by kind."""
        return {kind: [name for name, count in names.items() if not count] for kind, names in self.reached.items()}

    def share(self, kind: str) -> float:
        """0 to 1."""
        names = self.reached[kind]
        return sum(count > 0 for count in names.values()) / max(len(names), 1)

    def cell(self, concern: str, audience: str, urgent: bool) -> int:
        return self.heat.get((concern, audience, urgent), 0)

    @property
    def empty_cells(self) -> List[Tuple[str, str, bool]]:
        cells = ((concern, audience, urgent) for concern in table().severity for audience in AUDIENCES for urgent in (False, True))
        return [cell for cell in cells if not self.cell(*cell)]


def rules() -> Dict[str, str]:
    """The rules of data/rules.yml: name by intent."""
    return {str(rule["steps"][0]["intent"]): str(rule["rule"]) for rule in read_yaml(DATA / "rules.yml")["rules"]}


def coverage(results: Iterable[Result]) -> Coverage:
    results = list(results)
    turns = [turn for result in results for turn in result.turns]
    rule_of = rules()
    found: Dict[str, Counter] = {kind: Counter() for kind in ("concerns", "audiences", "ages", "urgencies", "services", "rules", "responses", "routes", "signs", "buttons")}
    heat: Counter = Counter()
    for turn in turns:
        for kind, names in _reached(turn, rule_of).items():
            found[kind].update(names)
        for concern in turn.trace.get("known_concerns", ()):
            heat[concern, turn.trace["audience"], turn.trace["urgency"] == "now"] += 1
    return Coverage(
        {kind: {name: found[kind][name] for name in names} for kind, names in _all(rule_of).items()}, dict(heat), len(results), len(turns)
    )


def _reached(turn: Turn, rule_of: Dict[str, str]) -> Dict[str, Any]:
    trace = turn.trace
    return {
        "concerns": trace.get("concerns", ()),
        "audiences": [trace.get("audience", "unknown")],
        "ages": {trace.get("age", "unknown"), trace.get("speaker_age", "unknown")},
        "urgencies": [trace.get("urgency", "no")],
        "services": turn.services,
        "rules": [rule_of.get(trace.get("intent", ""), "")],
        "responses": trace.get("words", ()),
        "routes": trace.get("rows", ()),
        "signs": trace.get("signs", ()),
        "buttons": [turn.step.choice] if turn.step.choice else (),
    }


def _all(rule_of: Dict[str, str]) -> Dict[str, List[str]]:
    """All there is to reach, by kind."""
    return {
        "concerns": list(table().severity),
        "audiences": list(AUDIENCES),
        "ages": list(AGES),
        "urgencies": list(URGENCIES),
        "services": list(registry()),
        "rules": list(rule_of.values()),
        "responses": [key for key in responses() if key not in OUTSIDE_A_CONVERSATION],
        "routes": [row.id for row in table().routes],
        "signs": signs(),
        "buttons": [choice.id for choice in choices().choices],
    }
