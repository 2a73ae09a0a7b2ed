"""What came of a flow: its answers, and what was wrong with them."""
from dataclasses import dataclass, field
from typing import Any, Dict, List

from bot.signposting.reply import Message
from bot.staff.flows.model import Flow, Step


@dataclass
class Turn:
    """What was said and what was answered. `trace` is empty where something inside failed; `remembered`: the slots afterwards."""

    step: Step
    messages: List[Message]
    trace: Dict[str, Any]
    remembered: Dict[str, Any]
    seconds: float

    @property
    def cards(self) -> List[Dict[str, Any]]:
        return [card for message in self.messages if message["type"] == "services" for card in message["services"]]  # type: ignore

    @property
    def services(self) -> List[str]:
        return [card["id"] for card in self.cards]

    @property
    def texts(self) -> List[str]:
        return [str(message["text"]) for message in self.messages if message["type"] == "text"]

    @property
    def choices(self) -> List[str]:
        return [choice["id"] for message in self.messages if message["type"] == "choices" for choice in message["choices"]]  # type: ignore


@dataclass(frozen=True)
class Failure:
    """One thing that an answer did not show. `turn`: the answer's place in the conversation, from 0; `line`: where it is expected."""

    turn: int
    line: int
    what: str
    expected: str
    got: str


@dataclass
class Result:
    flow: Flow
    turns: List[Turn] = field(default_factory=list)
    failures: List[Failure] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.failures
