"""Questions typed to the real assistant: figures, policy, services, this chat. Each gets its own answer, and the help stays in hand."""
import pytest

from bot.nlu.asked import QuestionsFile
from bot.signposting.data_files import DATA, read
from bot.signposting.figures import figures
from bot.signposting.questions import ASKED, about_services
from bot.signposting.services import registry
from bot.signposting.situation import Situation
from tests.test_figures import numbers

ROWS = {row.id: row for row in figures().rows}

# Typed first in a conversation: the rows whose numbers must be said, or a response that must be.
FIGURES = [
    ("how many in Wales", "wales"),
    ("how many image crimes were there in wales last year?", "wales"),
    ("child abuse image offences scotland 2023/24", "scotland"),
    ("what's the northern ireland number", "northern_ireland"),
    ("hw many in london", "london"),
    ("numbers for the met please", "london"),
    ("south yorkshire figures", "south_yorkshire"),
    ("how many did south wales police have", "south_wales"),
    ("what is the number for gwent police", "gwent"),
    ("dyfed powys stats please", "dyfed_powys"),
    ("how many last year", "england_and_wales"),
    ("how many child abuse image crimes were recorded", "england_and_wales"),
    ("do you know any statistics about child abuse images", "england_and_wales"),
    ("How many offences did the police record in England and Wales in 2023/24?", "england_and_wales"),
    ("how many crimes a day", "england_and_wales_a_day"),
    ("how many offences a day in wales", "wales_a_day"),
    ("how many crimes a week in south yorkshire", "south_yorkshire_a_week"),
    ("which app is worst", "snapchat"),
    ("which app do the police mention most often in these crimes", "snapchat_share"),
    ("how many crimes were on snapchat", "snapchat"),
    ("what percent were on whatsapp", "whatsapp_share"),
    ("how many offences on tiktok", "tiktok"),
    ("youtube numbers please", "youtube"),
    ("is the number of crimes going up", "change_one_year"),
    ("is it getting worse", "change_five_years"),
    ("have the figures gone up since 2017/18", "change_five_years"),
    ("how many childline sessions were about blackmail", "childline"),
    ("how many kids talked to childline about being blackmailed last year", "childline_change"),
    ("what were the figures for 2022/23", "uk_2022_23"),
    ("how many police forces gave figures on apps", "forces_with_platform"),
    ("which area has the most crimes", "london"),
    ("break the numbers down by police force", "north_wales"),
    ("give me the numbers for every welsh police force", "gwent"),
    ("is it worse in wales or scotland, the numbers", "utter_figures_other_kind"),
    ("how many in france", "utter_figures_no_place"),
    ("how many in kent", "utter_figures_no_place"),
    ("how many offences in manchester", "utter_figures_wider"),
    ("how many crimes in my area", "utter_figures_own_area"),
    ("how many offences in 2015", "utter_figures_no_period"),
    ("are there figures for 2025", "utter_figures_newer"),
    ("how many on roblox", "utter_figures_searched"),
    ("how many crimes on telegram", "utter_figures_no_platform"),
    ("does it include facebook messenger in the figures", "utter_figures_messenger"),
    ("girls or boys", "utter_figures_who"),
    ("how old are the victims in the figures", "utter_figures_who"),
    ("how many people got arrested for these crimes", "utter_figures_kind"),
    ("how many children were the victims in the statistics", "utter_figures_kind"),
    ("where do these numbers come from", "utter_figures_sources"),
    ("which years are your figures about", "utter_figures_years"),
    ("why have the numbers gone up so much", "utter_figures_why"),
    ("how many reports did the iwf get", "utter_figures_other"),
    ("how many children are groomed online each year, statistics please", "utter_figures_other"),
    ("is wales higher than scotland", "utter_figures_other_kind"),
    ("compare the numbers for london and south yorkshire", "utter_figures_same_kind"),
]

POLICY = [
    ("why dont they just ban it", "utter_ask_policy_ban"),
    ("what does the nspcc want ofcom to do", "utter_ask_policy_asks"),
    ("what is the online safety act", "utter_ask_policy_act"),
    ("what does technically feasible mean in the code", "utter_ask_policy_feasible"),
    ("who signed the letter to the government", "utter_ask_policy_letter"),
    ("why is end to end encryption a problem for children", "utter_ask_policy_encryption"),
    ("did the government ever reply to the charities", "utter_ask_policy_since"),
    ("why don't tech companies do more to stop it", "utter_ask_policy_tech"),
    ("should social media be banned for under 16s", "utter_ask_policy_unknown"),
    ("what is ofcom's code on illegal harms", "utter_ask_policy_ofcom"),
]

CHAT = [
    ("who reads this", "utter_ask_privacy_reads"),
    ("do you save what i type here", "utter_ask_privacy_kept"),
    ("how do i leave no trace", "utter_ask_privacy_history"),
    ("will this show up in my browser history", "utter_ask_privacy_history"),
    ("can my school see this on the school wifi", "utter_ask_privacy_network"),
    ("do you tell the police what i write", "utter_ask_privacy_police"),
    ("do you know my name or where i am", "utter_ask_privacy_who_am_i"),
    ("does this site use cookies", "utter_ask_privacy_cookies"),
    ("are you a human or a robot", "utter_ask_bot_human"),
    ("who made you", "utter_ask_bot_maker"),
    ("can you call the police for me", "utter_ask_bot_cannot"),
    ("what can you do", "utter_ask_bot_can"),
    ("do you speak welsh", "utter_ask_bot_languages"),
]


@pytest.mark.parametrize("text, expected", FIGURES + POLICY + CHAT)
def test_a_question_gets_its_own_answer_and_help_below_it(new_talk, text, expected):
    answer = new_talk().say(text)
    assert expected in answer.trace["figures"] + answer.trace["words"], (answer.trace["intent"], answer.trace["words"], answer.trace["figures"])
    assert answer.services and not answer.led_by_999
    assert numbers(answer.text) <= {ROWS[row].value for row in answer.trace["figures"]} or text in dict(POLICY + CHAT)


FOLLOWING = [
    [("how many in wales", "wales"), ("and in scotland?", "scotland"), ("what about snapchat", "snapchat"), ("and before that?", "snapchat_share_2022_23")],
    [("how many crimes in london", "london"), ("how many a day is that", "utter_figures_no_average"), ("and in wales", "wales_a_day")],
    [("which app is worst", "snapchat"), ("and tiktok?", "tiktok"), ("what about roblox", "utter_figures_searched")],
    [("how many image crimes were there", "england_and_wales"), ("and the year before?", "uk_2022_23"), ("and before that", "change_one_year")],
    [("is it getting worse", "change_one_year"), ("what about wales", "utter_figures_no_trend")],
    [("figures for south yorkshire please", "south_yorkshire"), ("and france?", "utter_figures_no_place"), ("where do those numbers come from", "utter_figures_sources")],
    [("how many crimes on instagram", "instagram"), ("and in wales?", "wales"), ("is that going up?", "utter_figures_no_trend")],
]


@pytest.mark.parametrize("turns", FOLLOWING)
def test_a_question_can_go_on_from_the_one_before(new_talk, turns):
    talk = new_talk()
    for text, expected in turns:
        answer = talk.say(text)
        assert expected in answer.trace["figures"] + answer.trace["words"], (text, answer.trace["intent"], answer.trace["words"], answer.trace["figures"])
        assert numbers(answer.text) <= {ROWS[row].value for row in answer.trace["figures"]}


def test_after_a_worry_a_place_is_no_question_about_figures(talk):
    talk.say("how many in wales")
    talk.say("my stepdad hits me")
    assert not talk.say("and in scotland").trace["figures"]


@pytest.mark.parametrize("name", ["scotland", "snapchat", "and in wales", "last year"])
def test_a_name_alone_is_no_question_about_figures(new_talk, name):
    for before in ((), ("my stepdad hits me",)):
        talk = new_talk()
        for text in before:
            talk.say(text)
        assert not talk.say(name).trace["figures"]


@pytest.mark.parametrize(
    "worry",
    [
        "how many times does it have to happen before someone helps me",
        "how many times do i have to say no before he stops touching me",
        "how many more times is he going to hit my mum",
        "is it getting worse at home because of me, my dad hits me every day",
        "what about snapchat, a man on there keeps asking me for nudes",
        "he put my nudes on snapchat and now everyone in scotland has seen them",
        "which app did he send my pictures to, he says he will post them if i dont pay",
    ],
)
def test_a_worry_that_sounds_like_a_question_is_a_worry(new_talk, worry):
    for before in ((), ("how many in wales",)):
        talk = new_talk()
        for text in before:
            talk.say(text)
        answer = talk.say(worry)
        assert answer.trace["concern"] and not answer.trace["figures"], answer.trace["intent"]


def test_a_worry_told_stays_in_hand_through_questions(talk):
    talk.say("someone is threatening to share my nudes")
    for question in ("how many kids are blackmailed", "and in scotland?", "why dont they just ban it", "who reads this", "is childline free", "and is it anonymous"):
        assert {"report_remove", "childline"} <= set(talk.say(question).services), question


def test_danger_stays_in_hand_through_questions(talk):
    talk.say("hes got a knife and hes hurting my mum")
    for question in ("how many in wales", "what is the online safety act", "who reads this"):
        answer = talk.say(question)
        assert answer.led_by_999 and "I am a computer program. Nobody has been told and I cannot send help." in answer.texts, question
    talk.say("im safe now")
    answer = talk.say("how many in wales")
    assert answer.services[-1] == "emergency_999" and not answer.led_by_999


@pytest.mark.parametrize(
    "question, service, said",
    [
        ("can i stay anonymous with childline", "childline", "do not have to give your name"),
        ("is the nspcc helpline anonymous", "nspcc_helpline", "has to share what it knows"),
        ("can i report to ceop without giving my name", "ceop", "not anonymous"),
        ("im deaf how do i ring 999", "emergency_999", "18000"),
        ("can deaf people use 101", "police_101", "18001 101"),
        ("how do i call 999 without speaking", "emergency_999", "press 55"),
        ("does pressing 55 tell 999 where i am", "emergency_999", "does not tell the police where you are"),
        ("does report remove work in scotland", "report_remove", "all of the UK"),
        ("is childline in northern ireland too", "childline", "all of the UK"),
        ("can children's services help in scotland", "council_services", "for England"),
        ("who is report remove for", "report_remove", "under 18"),
        ("can a 30 year old use childline", "childline", "everyone under 19"),
        ("can report remove get a picture off every website", "report_remove", "cannot promise"),
        ("how does report remove work", "report_remove", "fingerprint"),
        ("what happens when i call 101", "police_101", "passes it to the right team"),
        ("does it cost anything to ring the revenge porn helpline", "revenge_porn_helpline", "not free"),
        ("when is the nspcc helpline open", "nspcc_helpline", "Its own page says when it is open"),
    ],
)
def test_what_is_asked_of_a_service_is_answered(new_talk, question, service, said):
    answer = new_talk().say(question)
    assert service in answer.services and said in answer.text, (answer.trace["intent"], answer.text)


def test_a_question_about_a_service_goes_on_from_the_one_before(talk):
    talk.say("is samaritans free")
    answer = talk.say("and is it anonymous?")
    assert "samaritans" in answer.services and registry()["samaritans"].private in answer.text


@pytest.mark.parametrize("service", registry())
def test_whatever_is_asked_of_a_service_has_an_answer(service):
    for ask in ASKED:
        texts = [message["text"] for message in about_services([service], Situation(), 0, (ask,)).messages if message["type"] == "text"]
        assert len(texts) == 1 and len(texts[0]) > len(registry()[service].name) + 8, (ask, texts)


def test_what_can_be_asked_of_a_service_is_what_the_phrases_find():
    assert set(read(DATA / "questions.yml", QuestionsFile).asks) == set(ASKED)
