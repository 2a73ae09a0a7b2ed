"""The n-grams of a text are learned by their letters and looked up by their keys: both are of the same n-grams."""
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.concern_model import GRAMS, KEYS, key_of

TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(["i", "am", "scared", "he", "hits", "ΑΣ", "\U0001f600", "\n", "İ"]), max_size=12).map(" ".join))


@given(TEXTS)
def test_the_keys_of_a_text_are_those_of_its_n_grams(text):
    for name, cut in GRAMS.items():
        assert Counter(KEYS[name](text).tolist()) == Counter(map(key_of, cut(text)))


def test_different_n_grams_have_different_keys():
    grams = {gram for length in range(1, 4) for gram in _all("ab c", length)}
    assert len({key_of(gram) for gram in grams}) == len(grams)


def _all(letters, length):
    return [""] if length == 0 else [letter + rest for letter in letters for rest in _all(letters, length - 1)]
