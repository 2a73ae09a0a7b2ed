"""A plain keyword list, the way many services notice worries: what the bot must be better than."""
from typing import Dict, List, Tuple

# Single words and short phrases, in the spirit of published lists; no context, no negation.
WORRY = (
    "abuse", "abused", "abusing", "rape", "raped", "molest", "touched me", "touches me", "nude", "nudes", "naked", "sext", "blackmail", "threatening",
    "suicide", "suicidal", "kill myself", "want to die", "end my life", "self harm", "cut myself", "cutting", "overdose", "hit me", "hits me", "hurt me",
    "hurts me", "beat me", "beats me", "bruise", "bruises", "bully", "bullied", "bullying", "groom", "groomed", "grooming", "neglect", "neglected", "starving",
    "violence", "violent", "gang", "county lines", "exploited", "exploitation", "forced marriage", "fgm", "run away", "ran away", "missing", "unsafe",
    "scared", "afraid", "help me", "in danger",
)
NOW = ("kill myself", "end my life", "overdose", "in danger", "right now", "knife", "gun", "stabbed", "bleeding", "not breathing", "unconscious", "emergency", "999")
ADULT = ("my son", "my daughter", "my child", "my pupil", "a pupil", "my student", "my grandson", "my granddaughter", "my niece", "my nephew", "next door")
IMAGE = ("nude", "nudes", "naked", "sext")


async def ask(text: str) -> Tuple[List[str], Dict]:
    """What a keyword list would show for the message."""
    said = f" {text.lower()} "
    worry = any(word in said for word in WORRY)
    now = any(word in said for word in NOW)
    helper = "nspcc_helpline" if any(word in said for word in ADULT) else "childline"
    services = (["report_remove"] if any(word in said for word in IMAGE) else []) + [helper]
    if not (worry or now):
        return ["childline", "nspcc_helpline"], {"concern": None}
    return (["emergency_999"] if now else []) + services, {"concern": "general_worry", "confidence": 1.0, "urgency": "now" if now else "no"}
