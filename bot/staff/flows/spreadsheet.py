"""Flow files as spreadsheets (CSV): one message a row, and what must be shown. Rows of the same `flow` are one conversation.

Columns: message (or choice), flow, note; given_audience, given_concern ... for what the conversation remembers before its first message; and any
expectation of a YAML flow by its name: services, never, urgent, audience, concern ... An empty cell expects nothing; several names in a cell have
spaces, commas or semicolons between them.
"""
import csv
from pathlib import Path
from typing import Dict, List, Tuple

from bot.signposting.data_files import did_you_mean
from bot.staff.flows.model import Expected, Flow, State, Step
from bot.staff.flows.reading import Draft, Mistakes, check_message, state

GIVEN = "given_"
OWN = ("message", "choice", "flow", "note")
NOT_IN_A_CELL = ("contacts", "card", "slot_was_set")
LONGEST_NAME = 90


def read_rows(path: Path, text: str, mistakes: Mistakes) -> List[Flow]:
    """The flows of a CSV file. Commas, semicolons and tabs all may stand between cells, as Excel writes them."""
    rows = _rows(text, mistakes)
    if not rows:
        mistakes.add(1, "is empty; the first row names the columns: message, services, never, urgent, audience, concern, flow")
        return []
    columns = _columns(rows[0], mistakes)
    flows: Dict[str, Tuple[int, State, List[Step]]] = {}
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cell.strip() for name, cell in zip(columns, cells) if name and cell.strip()}
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns):]):
            mistakes.add(line, f"has {len(cells)} cells and there are {len(columns)} columns; a text with a comma needs quotation marks")
        if "message" not in row and "choice" not in row:
            mistakes.add(line, "has no message")
            continue
        draft = Draft(row.get("message"), row.get("choice"), line)
        check_message(draft, mistakes)
        for name, cell in row.items():
            if name in Expected.__fields__:
                draft.expect(name, cell, line, mistakes)
        name = " ".join(row.get("flow", row.get("message", row.get("choice", ""))).split())[:LONGEST_NAME]
        if "flow" not in row and name in flows:
            name = f"{name} (line {line})"
        given = {field[len(GIVEN):]: cell for field, cell in row.items() if field.startswith(GIVEN)}
        if name not in flows:
            flows[name] = (line, state(given, line, mistakes), [])
        elif given:
            mistakes.add(line, "what is given belongs in the first row of a conversation")
        flows[name][2].append(draft.step(mistakes))
    return [Flow(name, path, line, start, tuple(steps)) for name, (line, start, steps) in flows.items()]


def _rows(text: str, mistakes: Mistakes) -> List[Tuple[int, List[str]]]:
    """Line number and cells of every row."""
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    found, line = [], 1
    try:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
        for cells in reader:
            found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        mistakes.add(line, f"is not valid CSV: {error}")
    return found


def _columns(header: Tuple[int, List[str]], mistakes: Mistakes) -> List[str]:
    known = [*OWN, f"{GIVEN}concern", *(f"{GIVEN}{name}" for name in State.__fields__), *(name for name in Expected.__fields__ if name not in NOT_IN_A_CELL)]
    columns = ["_".join(name.strip().lower().split()) for name in header[1]]
    for place, name in enumerate(columns):
        if name and name not in known:
            mistakes.add(1, f"column {name[:60]!r} is not known{did_you_mean(name, known) or '; known: ' + ', '.join(known)}")
        elif name and name in columns[:place]:
            mistakes.add(1, f"column {name!r} stands there twice")
    if not {"message", "choice"} & set(columns):
        mistakes.add(1, "there is no column `message`")
    return columns
