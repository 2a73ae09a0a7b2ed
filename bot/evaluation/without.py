"""What each part of the pipeline brings: the same messages with one part left out at a time.

The sentence encoder and the n-grams learn together, so that leaving one out would need another training; they are not listed here.
"""
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Tuple
from unittest.mock import patch

import numpy as np

from bot.nlu import encoder
from bot.nlu.concern_model import ConcernModel, Reading
from bot.nlu.safety_net import Net
from bot.nlu.speaker import Speaker
from bot.nlu.spelling import Spelling

_read = ConcernModel.read


def _nobody_guessed(model: ConcernModel, *what: Any) -> Reading:
    reading = _read(model, *what)
    return reading._replace(adult=np.zeros_like(reading.adult), child=np.zeros_like(reading.child))


PARTS: Dict[str, Tuple[Any, str, Callable]] = {
    # part: whose method, which one, and what stands in for it
    "the safety net": (Net, "search", lambda net, text: []),
    "mended spelling": (Spelling, "mended", lambda spelling, text: text),
    "reading part by part": (encoder, "parts", lambda whole: [whole]),
    "phrases that tell who speaks": (Speaker, "read", lambda speaker, text, guessed=None: ({}, False)),
    "learning who speaks": (ConcernModel, "read", _nobody_guessed),
}


@contextmanager
def without(part: str) -> Iterator[None]:
    """In this context a message is read without the part, a key of PARTS."""
    owner, name, stand_in = PARTS[part]
    with patch.object(owner, name, stand_in):
        yield
