"""Conversation tests that staff write: read from YAML and CSV, run on the real assistant, and explained where they fail.

    flows = load([Path("tests/flows")])                      raises DataError: every mistake with file, line and what was meant
    results = await run(assistant, flows, on_result)         one Result a flow, in the flows' order
    covered = coverage(results)                              what the flows reach, and what nobody tests
    write(flow, path)                                        a flow as YAML, for "keep as a test"
"""
from bot.staff.flows.coverage import Coverage, coverage
from bot.staff.flows.model import Expected, Flow, State, Step
from bot.staff.flows.reading import load
from bot.staff.flows.results import Failure, Result, Turn
from bot.staff.flows.running import run
from bot.staff.flows.why import why
from bot.staff.flows.writing import from_conversation, write

__all__ = [
    "Coverage", "Expected", "Failure", "Flow", "Result", "State", "Step", "Turn", "coverage", "from_conversation", "load", "run", "why", "write",
]
