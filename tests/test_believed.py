"""A guess that would hurt whoever it is wrong about is believed only where the whole message says it surely enough (`believed_from` in data/routes.yml)."""
from types import SimpleNamespace

import numpy as np
import pytest

from bot.nlu.classifier import ConcernClassifier
from bot.nlu.concern_model import Reading
from bot.signposting.routes import table

OTHERS = ["adult_survivor", "sexual_abuse", "coping", "neglect", "general_worry"]


@pytest.mark.parametrize("above, expected", [(-0.05, False), (0.05, True)])
def test_below_its_share_the_next_worry_counts(above, expected):
    share = table().believed_from["own_thoughts"] + above
    rest = [(1 - share) / len(OTHERS)] * len(OTHERS)
    assert share > max(rest), "it is the first guess either way"
    certain, none = np.array([0.99]), np.array([0.0])
    reading = Reading(worry=certain, now=none, adult=none, child=none, intents=np.array([[share, *rest]]))
    classifier = ConcernClassifier(ConcernClassifier.get_default_config(), None, None, SimpleNamespace(intents=["own_thoughts", *OTHERS]))
    intent, _, concerns, urgent = classifier._decide(reading)
    assert ("own_thoughts" in concerns, intent["name"] == "own_thoughts") == (expected, expected)
    assert concerns and not urgent
