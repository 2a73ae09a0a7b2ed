"""The main job, through the web chat API: a worried child or adult types, and the right door opens."""
import httpx
import pytest

from bot.signposting.services import registry
from tests.conftest import seen

# The words of a 13-year-old girl, as Childline reports them (NSPCC, 18 February 2025).
GIRL_OF_13 = (
    "I sent nude pics and videos to a stranger I met on Snapchat. I think he’s in his thirties. I don’t know what to do next. "
    "I told him I didn’t want to send him any more pictures and he started threatening me, telling me that he’ll post the pictures "
    "online. I’m feeling really angry with myself and lonely. I would like support from my friends, but I don’t want to talk to them "
    "about it as I’m worried about being judged."
)


class Visitor:
    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=f"{address}/webhooks/webchat", timeout=20)
        opened = self.http.post("/sessions")
        assert opened.status_code == 201
        self.headers = {"Authorization": f"Bearer {opened.json()['session']}"}

    def send(self, **body):
        answer = self.http.post("/messages", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return seen(answer.json()["messages"], {})

    def say(self, text: str):
        return self.send(text=text)


@pytest.fixture
def visitor(server) -> Visitor:
    return Visitor(server)


def test_the_girl_of_13(visitor):
    answer = visitor.say(GIRL_OF_13)
    assert answer.services[:2] == ["report_remove", "childline"]
    said = answer.text.lower()
    assert "not your fault" in said
    for advice in ("do not have to pay", "block", "keep the messages", "do not delete the account", "do not screenshot"):
        assert advice in said
    assert "you should have" not in said and "why did you" not in said


def test_online_exploitation_suspected_by_somebody_unknown(visitor):
    assert visitor.say("I suspect online child exploitation").services == ["police_101", "childline", "nspcc_helpline"]


def test_a_parent(visitor):
    answer = visitor.say("my daughter is 14 and has been cutting herself, i found out last night and dont know what to do")
    assert answer.services[0] == "nspcc_helpline" and "childline" not in answer.services


def test_a_teacher(visitor):
    answer = visitor.say("I'm a primary school teacher and one of my pupils told me her uncle hits her")
    assert answer.services[0] == "nspcc_helpline" and "safeguarding lead" in answer.text


def test_a_child_in_danger_now(visitor):
    answer = visitor.say("please help my dad is hitting my mum right now and hes got a knife im 10")
    assert answer.services[:2] == ["emergency_999", "childline"]
    assert "I am a computer program. Nobody has been told and I cannot send help." in answer.texts


def test_an_adult_of_19_with_a_picture_of_their_own(visitor):
    answer = visitor.say("im 19 and my ex boyfriend has posted my nudes online")
    assert answer.services[0] == "stop_ncii"
    assert not {"report_remove", "childline"} & set(answer.services)


def test_at_18_childline_is_still_there(visitor):
    answer = visitor.say("im 18 and someone is threatening to post nudes of me unless i pay")
    assert answer.services == ["stop_ncii", "childline", "police_101"]


def test_a_child_who_cannot_phone_sees_the_chat_first(visitor):
    answer = visitor.say("im 12 and im being bullied every day. i cant phone anyone they would hear me")
    cards = [card for message in answer.messages if message["type"] == "services" for card in message["services"]]
    assert cards[0]["id"] == "childline" and cards[0]["contacts"][0]["kind"] == "chat"


def test_several_worries_keep_the_first_door_of_each(visitor):
    answer = visitor.say("a boy is threatening to share my nudes. i dont want to be alive any more")
    assert {"childline", "report_remove"} <= set(answer.services) and len(answer.services) <= 4


def test_danger_said_once_is_not_forgotten(visitor):
    visitor.say("theres a man trying to break into our house and im alone im 11")
    for small in ("ok", "are you there", "", "what was that number", "thanks", "haha", "🙂"):
        answer = visitor.say(small)
        assert answer.led_by_999 and "childline" in answer.services, small
    calmer = visitor.say("im safe now")
    assert not calmer.led_by_999 and calmer.services[-1] == "emergency_999"


def test_a_choice_sharpens_the_help(visitor):
    first = visitor.say("someone has shared a nude of me")
    assert "report_remove" in first.services
    assert "age_19_plus" in first.choices or "me_under_19" in first.choices
    older = visitor.send(choice="age_19_plus")
    assert older.services == ["stop_ncii", "revenge_porn_helpline", "police_101"]


def test_it_can_be_corrected(visitor):
    answer = visitor.say("my mum hits me")
    assert "not_what_i_meant" in answer.choices
    corrected = visitor.send(choice="not_what_i_meant")
    assert "topic_bullying" in corrected.choices and corrected.services


def test_a_question_about_a_service_is_answered_from_the_registry(visitor):
    answer = visitor.say("does it cost money to ring childline?")
    assert answer.services[0] == "childline" and registry()["childline"].cost in answer.text


def test_conversations_are_apart(server):
    one, other = Visitor(server), Visitor(server)
    one.say("hes got a knife and hes hurting my mum right now")
    assert not other.say("hello").led_by_999


def test_ending_forgets(server):
    visitor = Visitor(server)
    visitor.say("im being bullied")
    assert visitor.http.delete("/sessions", headers=visitor.headers).status_code == 200
    after = visitor.http.post("/messages", json={"text": "hello"}, headers=visitor.headers)
    assert after.status_code == 401 and seen(after.json()["messages"], {}).services


def test_the_safe_word_brings_the_help_back(visitor):
    visitor.say("my step dad hits me")
    assert "childline" in visitor.say("Umbrella").services
