"""Rasa's tracker store: of a conversation it keeps the slots, and drops every word and its parse."""
from typing import Any, Iterable, List, Optional, Text

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionReverted, ActiveLoop, Event, Restarted, SessionStarted, SlotSet, UserUtteranceReverted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.webchat.conversations import IN_HAND

_TAKE_BACK = {Restarted, SessionStarted, ActionReverted, UserUtteranceReverted, ActiveLoop}


class _Tracker(DialogueStateTracker):
    """A conversation for the length of one message."""

    def copy(self, sender_id: Text = "") -> "_Tracker":
        """Itself: Rasa hands each action a copy, so that what a form's policy said can be taken back; there are no forms here, and a copy is 3% of a message.
        What a prediction brings is so applied twice: with rules alone that is one event that changes nothing."""
        return self

    def applied_events(self) -> List[Event]:
        """The events, as they are where none of them takes others back; Rasa looks at each event in eight ways, four times a message."""
        return super().applied_events() if _TAKE_BACK.intersection(map(type, self.events)) else list(self.events)


class SlotsOnlyStore(TrackerStore):
    """Reads and writes the turn in hand (`IN_HAND`), so it needs no database and cannot fail; outside of a turn it remembers nothing.

    A conversation read back is always as long as its slots: turn 300 costs what turn 1 cost.
    """

    def __init__(self, host: Any = None, domain: Optional[Domain] = None, event_broker: Any = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker)

    def init_tracker(self, sender_id: Text) -> DialogueStateTracker:
        return _Tracker(sender_id, self.domain.slots, max_event_history=self.max_event_history)

    async def save(self, tracker: DialogueStateTracker) -> None:
        turn = IN_HAND.get()
        if turn is not None:
            turn.facts = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        turn = IN_HAND.get()
        if turn is None:
            return None
        tracker = self.init_tracker(sender_id)
        for name, value in turn.facts.items():
            if name in tracker.slots:
                tracker.update(SlotSet(name, value), self.domain)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
        return tracker

    async def keys(self) -> Iterable[Text]:
        return []
