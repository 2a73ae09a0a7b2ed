"""The documents name only files and tests that exist, carry their warning, and are readable by those they are for."""
import re

import pytest
import textstat

from bot.signposting.data_files import ROOT

REVIEWED_BY_NOBODY = [ROOT / "deploy" / "README.md"] + [ROOT / "docs" / f"{name}.md" for name in ("privacy", "privacy-children", "dpia", "hazard-log", "operations", "security")]
DOCUMENTS = sorted({*(ROOT / "docs").glob("*.md"), *REVIEWED_BY_NOBODY})
WARNING = "**Needs review by the deploying organisation; no lawyer, data-protection officer or safeguarding expert has reviewed it.**"
FOLDERS = ("tests/", "bot/", "data/", "docs/", "deploy/", "scripts/", "actions/")
CHILDREN_OF_9_TO_11, ADULTS = 5.0, 8.0


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(path):
    text = path.read_text()
    for named in re.findall(r"`([^`\s]+)`", text):
        if named.startswith(FOLDERS) and "::" not in named:
            assert (ROOT / re.sub(r":\d+$", "", named)).exists(), named   # perhaps with a line, as the console names it
        elif "::" in named:
            file, test = named.split("::")
            assert f"def {test}(" in (ROOT / file).read_text(), named
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / link).exists(), link


@pytest.mark.parametrize("path", REVIEWED_BY_NOBODY, ids=lambda path: path.name)
def test_a_document_that_nobody_reviewed_says_so_at_its_top(path):
    assert WARNING in path.read_text()[:400]


def rows(document):
    lines = (ROOT / "docs" / document).read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if re.match(r"\| \d+ \|", line)]


def test_every_hazard_has_a_control_that_is_shown_a_risk_that_stays_and_somebody_who_sees_to_it():
    hazards = rows("hazard-log.md")
    assert len(hazards) >= 25 and [int(row[0]) for row in hazards] == list(range(1, len(hazards) + 1))
    for row in hazards:
        assert len(row) == 8 and all(row), row[:2]
        assert "`" in row[5] and re.match(r"\**(high|middle|low)", row[6]), row[:2]


def test_all_fifteen_standards_are_judged():
    standards = rows("dpia.md")
    assert [int(row[0]) for row in standards] == list(range(1, 16)) and all(len(row) == 5 and all(row) for row in standards)


@pytest.mark.parametrize("name, grade", [("privacy-children.md", CHILDREN_OF_9_TO_11), ("privacy.md", ADULTS)])
def test_the_notices_are_easy_to_read(name, grade):
    text = (ROOT / "docs" / name).read_text().split("\n---\n")[1]
    text = re.sub(r"\]\([^)]*\)|[#*\[\]]|^- ", "", text, flags=re.M)
    for paragraph in text.split("\n\n"):   # headings are sentences of their own
        assert paragraph.count(" ") < 25 or textstat.flesch_kincaid_grade(paragraph) <= grade + 2, paragraph
    assert textstat.flesch_kincaid_grade(text.replace("\n\n", ".\n")) <= grade
