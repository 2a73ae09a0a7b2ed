"""The language of phrases: what is looked up by words is what a search of every phrase would find, and what is written wrong is said."""
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.phrases import Lists, Phrase, PhraseError, Phrases, compile_all, prepared
from bot.training import check_phrases

WORD = st.sampled_from(["he", "she", "hit", "hits", "hitting", "me", "my", "knife", "has", "a", "now"])
PIECE = st.recursive(
    st.one_of(WORD, st.just("..."), st.just("hit*"), st.just("{somebody}")),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: f"[{'|'.join(parts)}]"),
    ),
    max_leaves=8,
)
TEXT = st.lists(WORD, max_size=8).map(lambda words: prepared(" ".join(words)))
LISTS = Lists({"somebody": ["he", "my (mum|dad)", "[the] knife"]})


def _phrase(written):
    try:
        return Phrase(written, LISTS)
    except PhraseError:   # it would match everything
        return None


@given(st.lists(PIECE, min_size=1, max_size=4), TEXT)
def test_looking_up_by_words_misses_nothing(written, text):
    phrases = [one for one in map(_phrase, written) if one]
    found = Phrases((one.phrase, one) for one in phrases)
    here = list(dict.fromkeys(one.phrase for one in phrases if re.search(one.written, text)))
    assert found.marks_in(text) == here
    assert found.any_in(text) == bool(here)


@pytest.mark.parametrize("written, why", [
    ("he (has a knife", "( is not closed"), ("he has] a knife", "] closes nothing"), ("[maybe]", "would match everything"),
    ("...", "would match everything"), ("{nobody} here", "no list called nobody"),
])
def test_a_phrase_that_is_written_wrong_is_named(written, why):
    with pytest.raises(PhraseError, match=re.escape(why)):
        Phrase(written, LISTS)


def test_a_list_cannot_hold_itself():
    with pytest.raises(PhraseError, match="no list called"):
        Phrase("{loop}", Lists({"loop": ["a {loop}"]}))


def test_every_phrase_of_the_data_files_compiles():
    check_phrases()
    compile_all(pause=0)   # raises where one gives a broken regular expression


def test_all_phrases_are_compiled_and_a_broken_one_is_found():
    fine, broken = Phrase("he hit me"), Phrase("im #child")
    broken.written = "(?P<agechild>1) (?P<agechild>2)"
    kept = Phrases([("fine", fine)])
    compile_all(pause=0)
    assert "pattern" in vars(fine)   # else it would be compiled while a message waits
    kept = Phrases([("broken", broken)])
    with pytest.raises(re.error):
        compile_all(pause=0)
    del kept
