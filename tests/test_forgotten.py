"""When a conversation is over, nothing that was typed is left in the memory of the process: no store, log or cache holds it."""
import gc

from bot.webchat.conversations import CONVERSATIONS

BACKWARDS = "edrowvzqk"   # so that this file's own text is not found


def _held() -> list:
    gc.collect()
    return [
        type(holder).__name__
        for holder in gc.get_objects() for one in gc.get_referents(holder)
        if isinstance(one, str) and len(one) >= len(BACKWARDS) and BACKWARDS in one.lower()[::-1]
    ]


def test_nothing_typed_is_left_in_memory(assistant, loop):
    said = [f"my stepdad {BACKWARDS[::-1]} keeps hitting me", f"{BACKWARDS[::-1]}ing about childline {BACKWARDS[::-1]}"]
    for text in said:
        loop.run_until_complete(assistant.answer("in memory", text=text))
    CONVERSATIONS.forget("in memory")
    assert len(_held()) >= len(said), "the search finds nothing at all"   # the texts in this test's own list
    said.clear()
    del text
    assert not _held()
