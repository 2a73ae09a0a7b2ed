"""Nothing lies about: every rule, response, choice and service is used; and Rasa finds no fault with the data."""
import re
import subprocess
import sys

from ruamel.yaml import YAML

from bot.nlu.asked import QuestionsFile
from bot.signposting.choices import choices
from bot.signposting.data_files import DATA, ROOT, read
from bot.signposting.figures import figures
from bot.signposting.moves import moves
from bot.signposting.routes import route, table
from bot.signposting.services import registry
from bot.signposting.situation import ABOUT, AGES, AUDIENCES
from bot.signposting.words import responses
from tests.test_routes import SITUATIONS


def domain():
    return YAML(typ="safe").load((DATA / "domain" / "domain.yml").read_text())


def rules():
    return {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in YAML(typ="safe").load((DATA / "rules.yml").read_text())["rules"]}


def trained_intents():
    found = set()
    for path in (DATA / "nlu").glob("*.yml"):
        found |= {block["intent"] for block in YAML(typ="safe").load(path.read_text())["nlu"]}
    return found


def test_every_intent_has_one_plain_rule_and_every_rule_an_intent():
    assert set(rules()) == set(domain()["intents"])


def test_every_intent_can_come_about():
    by_choice = {choice.says for choice in choices().choices}
    by_code = {"nlu_fallback", "empty", "inform"}
    assert set(domain()["intents"]) == trained_intents() | by_choice | by_code


def test_worries_lead_to_signposting_and_nothing_else_does():
    for intent, action in rules().items():
        assert (action == "action_signpost") == (table().concern_of(intent) is not None), intent


def test_every_concern_has_an_intent_and_every_intent_is_known():
    intents = set(domain()["intents"])
    for concern in table().severity:
        assert any(table().concern_of(intent) == concern for intent in intents), concern


def test_every_service_is_shown_by_some_route():
    shown = {service for known in SITUATIONS for concern in table().severity for service in route(known.told(concerns=[concern]))[0]}
    assert shown == set(registry())


def test_every_response_can_be_said():
    voices, intents = ("child", "friend", "adult", "adult_self", "professional"), set(domain()["intents"])
    topics = {row.words for row in table().routes if row.words} | set(table().severity) | set(table().urgent_intents)
    sayable = {f"utter_{topic}_{voice}{ending}" for topic in topics for voice in voices for ending in ("", "_after")}
    sayable |= {f"utter_{topic}_{voice}" for topic in ("urgent", "urgent_suicide", "urgent_harm_to_others", "possible") for voice in voices}
    sayable |= {f"utter_{intent}{ending}" for intent in intents for ending in ("", "_calm", "_now", *(f"_{voice}" for voice in voices))}
    sayable |= {f"utter_noted_{name}_{value}" for name, values in (("about", ABOUT), ("audience", AUDIENCES), ("age", AGES), ("speaker_age", AGES)) for value in values}
    sayable |= {f"utter_ask_{kind}_{topic}" for kind, topics in read(DATA / "questions.yml", QuestionsFile).topics.items() for topic in topics}
    sayable |= {f"utter_figure_{measure.id}{ending}" for measure in figures().measures for ending in ("", "_caveat")}
    sayable |= {question.words for question in choices().questions}
    code = "".join(path.read_text() for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))
    sayable |= set(re.findall(r"utter_\w+", code))
    sayable |= {"utter_not_understood", "utter_not_understood_calm"}
    assert set(responses()) <= sayable, set(responses()) - sayable


def test_every_topic_of_a_question_has_words_and_every_measure_rows():
    for kind, topics in read(DATA / "questions.yml", QuestionsFile).topics.items():
        assert kind == "figures" or {f"utter_ask_{kind}_{topic}" for topic in topics} <= set(responses()), kind
    for measure in figures().measures:
        assert figures().of(measure.id), measure.id
    assert {row.place for row in figures().rows if row.place} == {place.name for place in figures().places}


def test_every_move_that_changes_something_is_an_intent():
    assert set(moves()) <= {intent for intent, action in rules().items() if action == "action_keep_help"}


def test_every_choice_is_offered():
    offered = set(choices().topics) | {one for question in choices().questions for one in question.choices}
    code = "".join(path.read_text() for path in (ROOT / "bot" / "signposting").glob("*.py"))
    offered |= {choice.id for choice in choices().choices if f'"{choice.id}"' in code}
    assert offered == {choice.id for choice in choices().choices}


def test_rasa_finds_no_fault_with_the_data():
    run = subprocess.run(
        [sys.executable, "-m", "bot", "rasa", "data", "validate", "--domain", "data/domain", "--data", "data/nlu", "data/rules.yml", "--fail-on-warnings"],
        cwd=ROOT, capture_output=True, text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
