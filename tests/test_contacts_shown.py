"""Every contact in any reply or page is the registry's: all of them are rendered and read."""
import itertools
import re
from functools import lru_cache

from ruamel.yaml import YAML

from bot.nlu.asked import QuestionsFile
from bot.signposting.choices import choices
from bot.signposting.data_files import DATA, read
from bot.signposting.moves import keeping_help
from bot.signposting.questions import ASKED, about_services, answer_from_words
from bot.signposting.reply import card, for_concern, plain_text, static_help
from bot.signposting.routes import table
from bot.signposting.services import registry
from bot.signposting.situation import AUDIENCES, FACTS, Situation
from bot.signposting.words import say, services_named
from bot.webchat.static import Static

NUMBER = re.compile(r"(?<![\w/.,-])\+?\d[\d ]+\d(?![\w/-]|,\d)")   # figures such as 12,345 are no telephone numbers
ADDRESS = re.compile(r"https?://[^\s\"'<>]+|[\w.+-]+@[\w-]+\.[\w.]+")
EXIT = "https://www.bbc.co.uk/weather"   # where "leave" leads: no contact
NO_CONTACTS = {"2022", "2023", "2024", "2025", "2026", "2000", "55", "18", "19", "13", "11", "12", "35", "100"}


def known_contacts():
    contacts = [contact for service in registry().values() for contact in [*service.contacts, *([service.abroad] if service.abroad else [])]]
    numbers = {re.sub(r"\D", "", contact.value) for contact in contacts if contact.kind in ("phone", "text", "relay")}
    return numbers, {contact.value for contact in contacts} | {contact.href for contact in contacts}


MOVES = sorted({rule["steps"][0]["intent"] for rule in YAML(typ="safe").load((DATA / "rules.yml").read_text())["rules"] if rule["steps"][1]["action"] != "action_signpost"})
STATIC = ("utter_too_long", "utter_broken", "utter_session_over", "utter_too_fast", "utter_paused", "utter_empty_calm", "utter_greet_calm", "utter_not_understood_calm")


@lru_cache(maxsize=None)
def every_reply():
    """A reply of each kind, to everyone: worries, moves after a worry and before one, questions about services, help without a conversation."""
    situations = [Situation((), audience, about, age, urgency=urgency, facts=frozenset(facts)).settled()
                  for audience in AUDIENCES for about in ("self", "other", "unknown") for age in ("13_15", "18", "19_plus")
                  for urgency in ("no", "possible", "now") for facts in ((), FACTS)]
    replies = [for_concern(known.told(concerns=[concern]), (concern,), 0, ()) for known in dict.fromkeys(situations) for concern in table().severity]
    for move in MOVES:
        for turn in (0, 1):
            replies.append(keeping_help(move, Situation(), turn, ()))
            for audience, about in itertools.product(AUDIENCES, ("self", "other")):
                for concern in ("bullying", "image_threat", "suicide"):
                    for urgency in ("no", "possible", "now"):
                        known = Situation((concern,), audience, about, urgency=urgency)
                        replies.append(keeping_help(move, known, turn, (), before=known))
    replies += [about_services([service], Situation(), 0, asks) for service in registry() for asks in ((), tuple(ASKED))]
    replies += [
        answer_from_words(f"ask_{kind}", (f"{kind}_{topic}",), Situation(), 0) for kind, topics in read(DATA / "questions.yml", QuestionsFile).topics.items() for topic in topics
    ]
    replies += [static_help(key, limit=2000) for key in STATIC]
    return replies


def assert_only_known(text: str, where: str) -> None:
    numbers, addresses = known_contacts()
    for found in NUMBER.findall(text):
        digits = re.sub(r"\D", "", found)
        assert digits in numbers or digits in NO_CONTACTS, f"{where}: {found}"
    for found in ADDRESS.findall(text):
        assert found.rstrip(".") in addresses or found.rstrip("./") in {one.rstrip("/") for one in addresses} or found.startswith(EXIT), f"{where}: {found}"


def test_replies_hold_only_contacts_of_the_registry():
    seen = set()
    _, addresses = known_contacts()
    for reply in every_reply():
        for message in reply.messages:
            if message["type"] == "services":
                for one in message["services"]:
                    for contact in one["contacts"]:
                        assert contact["href"] in addresses, contact
            text = plain_text(message)
            if message["type"] == "text" and text not in seen:
                seen.add(text)
                assert_only_known(text, reply.words[0] if reply.words else "a reply")
    assert len(seen) > 150


def test_every_service_that_a_text_names_is_among_the_cards():
    # What the bot is asked (utter_ask_...) may name others: "I am not Childline".
    shown = 0
    for reply in every_reply():
        for key, message in zip(reply.words, [one for one in reply.messages if one["type"] == "text"]):
            if not key.startswith("utter_ask_"):
                named = set(services_named(message["text"])) - {"emergency_999"}
                assert named <= set(reply.services), f"{key}: {named - set(reply.services)}: {message['text']}"
                shown += bool(named)
    assert shown > 500


def test_a_worry_said_alone_loses_no_sentence_of_its_words():
    # Where several worries share three cards, sentences that name a service without a card are left out; for one worry the words fit.
    for known in {one.settled() for audience in ("child", "adult", "professional") for about in ("self", "other", "unknown") for age in ("under_13", "13_15", "18", "19_plus", "unknown")
                  for one in [Situation((), audience, about, age)]}:
        for concern in table().severity:
            reply = for_concern(known.told(concerns=[concern]), (concern,), 0, ())
            for key in reply.words:
                assert any(message.get("text") == say(key, 0) for message in reply.messages), f"{key} is cut short for {concern}, {known}, shown: {reply.services}"


def test_pages_hold_only_contacts_of_the_registry():
    static = Static()
    _, addresses = known_contacts()
    for template in ("page.html.j2", "frame.html.j2", "fallback.html.j2"):
        for lang in ("en", "cy"):
            html = static.page(template, lang, "http://chat.example")
            links = re.findall(r'href="([^"]+)"', html)
            outside = [link for link in links if link.startswith(("http", "tel:", "sms:", "mailto:"))]
            assert outside and all(link in addresses or link.startswith((EXIT, "http://chat.example")) for link in outside), outside


def test_every_question_offers_labelled_choices():
    for question in choices().questions:
        assert all(choices().by_id(one).label for one in question.choices)


def test_a_card_never_shows_what_is_unverified():
    for service in registry().values():
        shown = {contact["href"] for contact in card(service.id, Situation())["contacts"]}
        assert not shown & {contact.href for contact in service.contacts if not contact.verified}
