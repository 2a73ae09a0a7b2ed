"""A floor under what was reached: the suite fails when the bot understands less than it did. `make evaluate` tells the whole story."""
import asyncio

import pytest

from bot.evaluation.evaluate import asking
from bot.evaluation.measure import figures, measure, ordinary
from bot.evaluation.sets import SETS, read_ordinary, read_set

AT_LEAST = {   # two or three messages below what was reached: by so much a training with a few more phrases differs
    # set: (999 first where it is needed, right services all shown, worries taken as a worry)
    "english": (0.98, 0.96, 0.98),
    "english_second": (0.94, 0.94, 0.98),
    "english_third": (0.96, 0.95, 0.97),
    "english_fourth": (0.97, 0.93, 0.97),
    "english_fifth": (0.95, 0.95, 0.98),
    "english_sixth": (0.96, 0.92, 0.98),
    "english_seventh": (0.95, 0.95, 0.97),
    "english_eighth": (0.91, 0.92, 0.97),
    "english_short": (0.83, 0.92, 0.94),
    "languages": (0.95, 0.92, 0.99),
    "languages_second": (0.93, 0.90, 0.99),
    "languages_third": (0.94, 0.95, 0.99),
    "languages_fourth": (0.93, 0.94, 0.99),
    "languages_fifth": (0.94, 0.91, 0.97),
}
AT_MOST = {
    # set: (harmless led by 999, harmless taken as a worry)
    "hard_negatives": (0.02, 0.12),
    "hard_negatives_third": (0.03, 0.13),
    "hard_negatives_fourth": (0.03, 0.12),
    "hard_negatives_fifth": (0.03, 0.10),
    "hard_negatives_sixth": (0.06, 0.18),
    "hard_negatives_seventh": (0.05, 0.11),
    "hard_negatives_eighth": (0.05, 0.10),
    "ordinary": (0.006, 0.03),
}


def measured(assistant, loop: asyncio.AbstractEventLoop, items):
    return figures(loop.run_until_complete(measure(asking(assistant), items)))


@pytest.mark.parametrize("name", AT_LEAST)
def test_worries_are_understood(assistant, loop, name):
    found = measured(assistant, loop, read_set(name))
    names = ("999 first where it is needed", "right services all shown", "worries taken as a worry")
    for figure, floor in zip(names, AT_LEAST[name]):
        assert found[figure].value >= floor, f"{name}: {figure}: {found[figure]}"


@pytest.mark.parametrize("name", AT_MOST)
def test_what_is_harmless_is_let_be(assistant, loop, name):
    items = read_set(name) if name != "ordinary" else ordinary(read_ordinary(SETS / "ordinary.txt"))
    found = measured(assistant, loop, items)
    for figure, ceiling in zip(("harmless led by 999", "harmless taken as a worry"), AT_MOST[name]):
        assert found[figure].value <= ceiling, f"{name}: {figure}: {found[figure]}"


def test_the_sets_are_as_large_as_they_must_be():
    sets = [item for name in AT_LEAST for item in read_set(name)] + read_set("hard_negatives")
    assert len(sets) >= 900
    assert sum(item.urgency == "now" for item in sets) >= 150
    assert sum(item.concern is None for item in sets) >= 300
    texts = [item.text for item in sets]
    assert len(set(texts)) == len(texts)


def test_no_evaluation_message_is_trained_on():
    from ruamel.yaml import YAML

    from bot.signposting.data_files import DATA

    trained = set()
    for path in (DATA / "nlu").glob("*.yml"):
        for block in YAML(typ="safe").load(path.read_text())["nlu"]:
            trained |= {line[2:].strip().lower() for line in block["examples"].splitlines()}
    kept_apart = {item.text.strip().lower() for name in [*AT_LEAST, *(name for name in AT_MOST if name != "ordinary")] for item in read_set(name)}
    assert not {text for text in trained & kept_apart if len(text.split()) > 3}
