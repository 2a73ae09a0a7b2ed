"""`python -m bot converse`: the contract that other tools rely on."""
import json
import subprocess
import sys

from bot.signposting.data_files import ROOT

FIELDS = {"user", "intent", "confidence", "concern", "audience", "urgent", "services", "text", "choices", "ms"}


def run(lines):
    done = subprocess.run([sys.executable, "-m", "bot", "converse", "-"], cwd=ROOT, input="\n".join(lines), capture_output=True, text=True, timeout=120)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_conversations_are_answered_and_wrong_lines_named():
    status, found = run([
        json.dumps({"id": "a", "turns": [{"user": "hello"}, {"user": "my dad hits me"}, {"user": "ok"}]}),
        json.dumps({"id": 2, "text": "what is the weather tomorrow"}),
        "not json",
        json.dumps({"id": "b", "turns": []}),
        json.dumps({"text": "no id"}),
        "",
        json.dumps({"id": "c", "text": "x" * 5000}),
        json.dumps({"id": "d", "text": ""}),
        json.dumps({"id": "e", "text": "/restart"}),
    ])
    assert status == 1
    by_id = {one["id"]: one for one in found}
    assert [one["id"] for one in found] == ["a", 2, None, "b", None, "c", "d", "e"]
    assert all(set(turn) == FIELDS for one in found if "turns" in one for turn in one["turns"])
    first, second, third = by_id["a"]["turns"]
    assert first["concern"] is None and first["services"]
    assert second["concern"] == "physical_abuse" and second["services"][0] == "childline" and second["choices"]
    assert third["concern"] is None and "childline" in third["services"]
    assert by_id[2]["turns"][0]["concern"] is None and not by_id[2]["turns"][0]["urgent"]
    assert "line 4" in by_id["b"]["error"]
    for one in ("c", "d", "e"):
        assert by_id[one]["turns"][0]["services"]


def test_the_exit_status_is_0_where_all_lines_are_valid():
    status, found = run([json.dumps({"id": 1, "text": "thanks"})])
    assert status == 0 and len(found) == 1
