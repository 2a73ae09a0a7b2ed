"""How long an answer takes late in a conversation, against its first: python scripts/long_conversation.py [TURNS] [CONVERSATIONS].

Prints the median milliseconds of the first and the last ten turns over all conversations, and their ratio; the exit status is 1 above 1.5.
The same message is said at each turn, after one worry, so that only the length of the conversation differs.
"""
import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.assistant import Assistant  # noqa: E402  (after the path)

TURNS, CONVERSATIONS, COMPARED, MOST = 300, 5, 10, 1.5


async def hold(assistant: Assistant, name: str, turns: int) -> List[float]:
    """Milliseconds of each turn after the worry."""
    await assistant.answer(name, text="my dad hits me")
    taken = []
    for _ in range(turns):
        began = time.perf_counter()
        await assistant.answer(name, text="what was that number")
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def main(turns: int, conversations: int) -> int:
    assistant = Assistant.load()
    await hold(assistant, "warm-up", COMPARED)
    held = [await hold(assistant, f"long-{number}", turns) for number in range(conversations)]
    first = statistics.median(ms for one in held for ms in one[:COMPARED])
    last = statistics.median(ms for one in held for ms in one[-COMPARED:])
    print(f"{conversations} conversations of {turns} turns: first {COMPARED} turns {first:.1f} ms, last {COMPARED} turns {last:.1f} ms, ratio {last / first:.2f} (at most {MOST})")
    return int(last / first > MOST)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:3]]
    sys.exit(asyncio.run(main(*given, *(TURNS, CONVERSATIONS)[len(given):])))
