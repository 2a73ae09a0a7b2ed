"""What is known of a conversation: the worry, who speaks, about whom, how old, how urgent. Unknown is a value of each."""
from dataclasses import dataclass, field, replace
from typing import Dict, FrozenSet, Tuple

AUDIENCES = ("child", "adult", "professional", "unknown")
ABOUT = ("self", "other", "unknown")
AGES = ("under_13", "13_15", "16_17", "18", "19_plus", "unknown")
UNDER_18 = ("under_13", "13_15", "16_17")
URGENCIES = ("no", "possible", "now")
CAN_PHONE = ("yes", "no", "unknown")
FACTS = (
    "blackmail",          # somebody demands money or more pictures
    "known_offender",     # the person who did it, or who is suspected, is known
    "abroad",             # the person is outside the United Kingdom
    "taken_before_18",    # the picture was taken before the person pictured turned 18
    "harmer_police",      # the one who harms is a police officer
    "harmer_trusted",     # the one who harms is a teacher, carer, coach, vicar or the like
    "legal_duty",         # a professional was told of FGM by a girl under 18
    "young_missing",      # a young or vulnerable child is missing
    "childhood",          # it happened when the adult who speaks was a child
    "adult_concerned",    # the other person it is about is an adult: a husband, a girlfriend
    "took_something",     # tablets or anything else that harms: feeling fine afterwards changes nothing
    "deaf",               # the person uses sign language, or text in place of a call
)


def band(age: int) -> str:
    """The age band of an age in years."""
    if age < 13:
        return "under_13"
    if age < 16:
        return "13_15"
    if age < 18:
        return "16_17"
    return "18" if age == 18 else "19_plus"


@dataclass(frozen=True)
class Situation:
    """`age` is the age band of the person it concerns, `speaker_age` that of the person who types.

    `put_last`: services that the person does not want, or has tried: others are shown before them.
    """

    concerns: Tuple[str, ...] = ()
    audience: str = "unknown"
    about: str = "unknown"
    age: str = "unknown"
    speaker_age: str = "unknown"
    urgency: str = "no"
    can_phone: str = "unknown"
    facts: FrozenSet[str] = field(default_factory=frozenset)
    put_last: Tuple[str, ...] = ()

    def settled(self) -> "Situation":
        """The same, with what follows from what is known: where audience and age disagree, the age wins."""
        known = self
        if known.about == "self":
            age = known.age if known.speaker_age == "unknown" else known.speaker_age
            known = replace(known, age=age, speaker_age=age)
        if "adult_image" in known.concerns and known.age == "unknown" and known.speaker_age in ("18", "19_plus"):
            known = replace(known, age=known.speaker_age)   # a picture of somebody of 18 or over: nobody else's age was told
        if "own_thoughts" in known.concerns and known.audience == "child" and known.speaker_age != "unknown":
            known = replace(known, age=known.speaker_age)   # it concerns the one who types: "im 14 and he's 6"
        if known.speaker_age == "19_plus" and known.audience in ("child", "unknown"):
            known = replace(known, audience="adult")
        elif known.speaker_age not in ("19_plus", "unknown"):
            known = replace(known, audience="child")
        if known.audience == "professional" and known.about == "unknown":
            known = replace(known, about="other")
        return known

    def fitting(self, concern: str) -> str:
        """The concern that fits what is known: a picture for which somebody threatens is a threat, and it is an adult's only where an adult is told of."""
        blackmail = "blackmail" in self.facts
        grown_up = self.audience in ("adult", "professional") or {self.age, self.speaker_age} & {"18", "19_plus"} or "taken_before_18" in self.facts
        if concern == "image_forwarded" and blackmail:
            return "image_threat"
        if concern == "adult_image" and (self.age in UNDER_18 or not grown_up):
            return "image_threat" if blackmail else "image_shared"
        return concern

    def told(self, **news: object) -> "Situation":
        """The situation after something more was said. `news` holds fields of Situation; unknown values change nothing.

        Urgency only rises here; a new concern comes before the older ones.
        """
        changes: Dict[str, object] = {}
        for name in ("audience", "about", "age", "speaker_age", "can_phone"):
            if news.get(name, "unknown") not in ("unknown", None):
                changes[name] = news[name]
        concerns = tuple(news.get("concerns", ()))  # type: ignore[arg-type]
        changes["concerns"] = concerns + tuple(old for old in self.concerns if old not in concerns)
        changes["facts"] = self.facts | frozenset(news.get("facts", ()))  # type: ignore[arg-type]
        changes["put_last"] = tuple(dict.fromkeys([*self.put_last, *news.get("put_last", ())]))  # type: ignore[misc]
        urgency = str(news.get("urgency") or "no")
        changes["urgency"] = max(self.urgency, urgency, key=URGENCIES.index)
        somebody_else = "unknown" not in (self.about, changes.get("about", self.about)) and changes.get("about", self.about) != self.about
        before = replace(self, age="unknown") if somebody_else else self   # the age told before was another person's
        return replace(before, **changes).settled()  # type: ignore[arg-type]
