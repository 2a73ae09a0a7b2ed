"""`python -m bot words`: the page on which a safeguarding lead reads all that the bot can say."""
import html
import re

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.signposting.data_files import ROOT
from bot.signposting.routes import table
from bot.signposting.words import responses, say
from bot.staff.words import answers


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("words") / "words.html"
    done = CliRunner().invoke(cli, ["words", "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out.read_text(encoding="utf-8")


def test_every_variant_of_every_response_is_on_it(page):
    shown = html.unescape(page)
    for key, variants in responses().items():
        for turn in range(len(variants)):
            assert say(key, turn, **answers.FILLED) in shown, key


def test_every_response_tells_the_line_to_edit(page):
    places = dict(re.findall(r"(utter_\w+) · (data/domain/words/\w+\.yml:\d+)", page))
    assert set(places) == set(responses())
    for key, place in places.items():
        path, line = place.split(":")
        assert (ROOT / path).read_text().splitlines()[int(line) - 1].strip() == f"{key}:"


def test_every_worry_and_every_route_is_on_it(page):
    for concern in table().severity:
        assert f'<h2 id="{concern}">' in page
    for row in table().routes:
        assert re.search(rf"route: {row.id} |<h3>{row.id.replace('_', ' ')}</h3>", page), row.id


def test_the_services_stand_with_the_words(page):
    section = page.split('<h2 id="image_threat">')[1].split("<h2")[0]
    first = section.split("</article>")[0]
    assert re.findall(r"<li>(.*?)</li>", first) == ["Report Remove", "Childline", "Police 101"]


def test_what_awaits_review_is_marked(page):
    assert page.count("awaiting review") >= len(responses())


def test_a_text_that_is_too_hard_is_pointed_out(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "CHILD_GRADE", 0.5)
    answers.said.cache_clear()
    try:
        from bot.staff.words.page import words

        words(tmp_path / "words.html")
        assert "Too hard:" in (tmp_path / "words.html").read_text()
    finally:
        answers.said.cache_clear()
        answers.worries.cache_clear()
        answers.special_routes.cache_clear()


def test_words_are_escaped(tmp_path, monkeypatch):
    from bot.staff.words import page as page_module

    bad = answers.said("utter_thanks")._replace(texts=["<script>alert(1)</script>"])
    monkeypatch.setattr(page_module, "the_rest", lambda: {"data/domain/words/x.yml": [bad]})
    page_module.words(tmp_path / "words.html")
    assert "<script>" not in (tmp_path / "words.html").read_text()
