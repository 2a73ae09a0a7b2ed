"""What a person does after the first message: sharpening, small words, corrections, barriers, questions."""
import pytest

from bot.signposting.choices import choices
from bot.signposting.services import registry

QUESTIONS = {choice for question in choices().questions for choice in question.choices}


@pytest.mark.parametrize("follow", ["he has told me he wants to die", "i dont want to make it worse", "she wont talk to me", "im so worried about her"])
def test_an_adult_stays_an_adult(new_talk, follow):
    talk = new_talk()
    assert talk.say("my 16 year old daughter has been cutting herself").trace["audience"] == "adult"
    answer = talk.say(follow)
    assert answer.trace["audience"] == "adult" and "childline" not in answer.services


def test_a_child_who_tells_a_friends_age_stays_a_child(talk):
    talk.say("my friend gets hit by her dad. im in year 7")
    answer = talk.say("she is 13")
    assert answer.trace["audience"] == "child" and "childline" in answer.services


@pytest.mark.parametrize("barrier", ["they check my phone", "i cant phone anyone", "i have no credit"])
def test_who_cannot_phone_is_believed(new_talk, barrier):
    talk = new_talk()
    talk.say("my step dad hits me")
    answer = talk.say(barrier)
    cards = [card for message in answer.messages if message["type"] == "services" for card in message["services"]]
    assert cards[0]["id"] == "childline" and cards[0]["contacts"][0]["kind"] == "chat"


def test_the_age_in_the_picture_changes_the_door_and_says_so(talk):
    talk.say("im 19 and someone has a nude of me and says he will post it")
    answer = talk.say("i was 15 in the photo")
    assert answer.services == ["take_it_down", "police_101"] and "Take It Down" in answer.text


def test_in_danger_nothing_is_asked_and_nothing_is_only_perhaps(talk):
    answer = talk.say("i have taken all the tablets")
    assert answer.led_by_999 and not QUESTIONS & set(answer.choices)
    assert "If anything has been taken" not in answer.text
    again = talk.say("ok")
    assert again.led_by_999 and "I am a computer program. Nobody has been told and I cannot send help." in again.texts
    assert again.texts[0] != answer.texts[0]


@pytest.mark.parametrize(
    "small", ["ok", "yes", "no", "am i okay", "are you there", "thanks", "i dont know", "", "lol", "say that again", "what was that number", "help", "umbrella", "hello"]
)
def test_small_words_keep_the_help_in_hand(new_talk, small):
    talk = new_talk()
    talk.say("someone is threatening to share my nudes")
    answer = talk.say(small)
    assert answer.services[:2] == ["report_remove", "childline"], small


@pytest.mark.parametrize("choice, band", [("age_under_13", "under_13"), ("age_13_15", "13_15"), ("age_16_17", "16_17"), ("age_18", "18"), ("age_19_plus", "19_plus")])
def test_an_age_button_tells_that_age(new_talk, choice, band):
    talk = new_talk()
    talk.say("someone shared a nude of me")
    assert talk.choose(choice).trace["age"] == band


def test_a_button_that_tells_what_is_not_known_is_named(tmp_path):
    from bot.signposting import choices as module
    from bot.signposting.data_files import DATA, DataError

    path = tmp_path / "choices.yml"
    path.write_text((DATA / "choices.yml").read_text().replace('speaker_age: "13_15"', "speaker_age: 13_15"))
    with pytest.raises(DataError, match=r"choices\.yml:\d+: .*1315"):
        module.choices(path)


@pytest.mark.parametrize("calming", ["im safe now", "i was joking", "that was last year its over"])
def test_danger_said_once_stays_in_hand(new_talk, calming):
    talk = new_talk()
    assert talk.say("hes got a knife and hes hurting my mum").led_by_999
    answer = talk.say(calming)
    assert not answer.led_by_999 and answer.services[-1] == "emergency_999"


def test_a_calm_chat_that_turns_into_danger_is_danger_at_once(talk):
    for calm in ("hello", "how are you", "can you tell me a joke", "my friends are mean to me sometimes"):
        assert not talk.say(calm).led_by_999
    assert talk.say("he is breaking the door down now help").led_by_999


@pytest.mark.parametrize("service", [one for one in registry() if one not in ("council_services",)])
def test_every_service_can_be_asked_about(new_talk, service):
    answer = new_talk().say(f"what is {registry()[service].names[0]} and how does it work")
    assert service in answer.services, answer.trace


@pytest.mark.parametrize("question, field", [("is childline free", "cost"), ("will childline tell my parents", "private"), ("what happens when i ring childline", "happens")])
def test_what_is_asked_is_answered(new_talk, question, field):
    answer = new_talk().say(question)
    assert getattr(registry()["childline"], field) in answer.text and len(answer.text) < 600


def test_three_hundred_turns_do_not_grow_the_memory(new_talk):
    from bot.webchat.conversations import CONVERSATIONS

    talk = new_talk()
    talk.say("im being bullied")
    size = len(repr(CONVERSATIONS.read(talk._id)))
    for _ in range(300):
        talk.say("ok")
    assert len(repr(CONVERSATIONS.read(talk._id))) <= size + 40


def test_danger_stays_in_hand_whatever_is_asked(talk):
    talk.say("hes got a knife and hes hurting my mum")
    assert talk.say("is childline free").led_by_999
    talk.say("im safe now")
    answer = talk.say("what are childline, samaritans and shout")
    assert answer.services[-1] == "emergency_999" and len(answer.services) <= 4
