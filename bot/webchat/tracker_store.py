"""Rasa's tracker store over `Conversations`: of a conversation it keeps the slots, and drops every word and its parse."""
from typing import Any, Iterable, Optional, Text

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.webchat.conversations import CONVERSATIONS, Conversations


class SlotsOnlyStore(TrackerStore):
    """A conversation read back is always as long as its slots: turn 300 costs what turn 1 cost."""

    def __init__(
        self, host: Any = None, domain: Optional[Domain] = None, event_broker: Any = None,
        conversations: Conversations = CONVERSATIONS, **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._conversations = conversations

    async def save(self, tracker: DialogueStateTracker) -> None:
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}
        self._conversations.write(tracker.sender_id, slots)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        slots = self._conversations.read(sender_id)
        if slots is None:
            return None
        tracker = self.init_tracker(sender_id)
        tracker.update(ActionExecuted(ACTION_SESSION_START_NAME), self.domain)
        tracker.update(SessionStarted(), self.domain)
        for name, value in slots.items():
            if name in tracker.slots:
                tracker.update(SlotSet(name, value), self.domain)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
        return tracker

    async def keys(self) -> Iterable[Text]:
        return []
