"""What the console does with names, files and folders, without a browser."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.signposting.data_files import DataError
from bot.staff.console import approval, keep
from bot.staff.console.why import spoken


@given(st.text(max_size=200))
def test_whatever_a_test_is_called_its_file_has_a_name_that_is_allowed(title):
    assert keep.file_named(keep.name_for(title)).parent == keep.FOLDER


@given(st.text(max_size=80))
def test_no_name_leads_out_of_the_folder(name):
    try:
        assert keep.file_named(name).resolve().parent == keep.FOLDER.resolve()
    except keep.NoSuchFile as error:
        assert "tests/flows" in str(error) or "is no name for a test" in str(error)


@pytest.mark.parametrize("title, name", [("A girl of 13, threatened!", "a-girl-of-13-threatened.yml"), ("x.yml", "x.yml"), ("???", "conversation.yml"), ("é" * 300, "conversation.yml")])
def test_file_names_are_plain(title, name):
    assert keep.name_for(title) == name


@pytest.mark.parametrize("text", ["", "[]", "test_cases:", "test_cases: []", "test_cases:\n - x", "\x00", "a: b: c", "test_cases:\n  - test_case: x\n    steps: 3"])
def test_what_is_no_test_is_named_by_file_and_line(text):
    with pytest.raises(DataError) as error:
        keep.checked("mine.yml", text)
    assert str(error.value).startswith("tests/flows/mine.yml:") and "/tmp" not in str(error.value)


def test_without_git_the_page_of_changes_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(approval, "ROOT", tmp_path)
    assert "not under git" in approval.changes_page()


def test_values_are_told_as_people_say_them():
    assert [spoken(one) for one in ("under_13", "13_15", "18", "19_plus", "unknown", "image_threat")] == [
        "under 13", "13 to 15", "18", "19 or older", "not known", "image threat"
    ]
