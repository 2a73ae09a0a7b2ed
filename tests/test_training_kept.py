"""The training before the present one is kept, so that staff can compare the two."""
import pytest

from bot import training


@pytest.fixture
def models(tmp_path, monkeypatch):
    for name, path in (("MODEL", "model.tar.gz"), ("PREVIOUS", "previous.tar.gz"), ("STAMP", "made-of")):
        monkeypatch.setattr(training, name, tmp_path / path)
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setattr(training, "made_of", lambda: "this data")
    return tmp_path


def trains(monkeypatch, models, content, code=0):
    def train(**_):
        if code == 0:
            (models / "model.tar.gz").write_text(content)
        return type("Result", (), {"code": code})

    monkeypatch.setattr("rasa.model_training.train", train)


def test_each_training_keeps_the_one_before(models, monkeypatch):
    trains(monkeypatch, models, "first")
    assert training.train() == 0
    assert sorted(path.name for path in models.iterdir()) == ["made-of", "model.tar.gz"]
    trains(monkeypatch, models, "second")
    assert training.train() == 0   # nothing has changed: nothing is trained
    assert (models / "model.tar.gz").read_text() == "first"
    assert training.train(force=True) == 0
    assert (models / "model.tar.gz").read_text() == "second" and (models / "previous.tar.gz").read_text() == "first"
    assert sorted(path.name for path in models.iterdir()) == ["made-of", "model.tar.gz", "previous.tar.gz"]


def test_a_training_that_fails_leaves_both_as_they_were(models, monkeypatch):
    for content in ("first", "second"):
        trains(monkeypatch, models, content)
        training.train(force=True)
    trains(monkeypatch, models, "", code=1)
    assert training.train(force=True) == 1
    assert (models / "model.tar.gz").read_text() == "second" and (models / "previous.tar.gz").read_text() == "first"
    assert sorted(path.name for path in models.iterdir()) == ["made-of", "model.tar.gz", "previous.tar.gz"]
