"""The console is for the one who started it: token, cookie, Host, Origin, file names; and the public server knows nothing of it."""
import re
import subprocess
import sys

import httpx
import pytest

from bot.signposting.data_files import ROOT

PATHS = (
    "/staff/", "/staff/contacts", "/staff/changes", "/staff/files/console.js", "/staff/api/state", "/staff/api/map", "/staff/api/tests",
    "/staff/api/tests/file?name=first.yml", "/staff/api/tests/run", "/staff/api/talk", "/staff/api/tests/save", "/staff/api/tests/draft",
)
HIT = {"turns": [{"text": "my dad hits me"}]}


def test_the_printed_link_signs_in_and_leaves_no_token_in_the_address(console):
    answer = console.raw("GET", console.link)
    assert answer.status_code == 303 and answer.headers["location"] == "/staff/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    token = console.link.split("token=")[1]
    assert token not in cookie and len(token) >= 40


@pytest.mark.parametrize("link", ["/", "/?token=", "/?token=wrong", "/?token=%00", "/?tok=x"])
def test_a_wrong_token_opens_nothing(console, link):
    answer = console.raw("GET", console.address + link)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cookie", [None, "wrong", "ü"], ids=["none", "wrong", "letters"])
def test_without_the_cookie_nothing_is_told(console, path, cookie):
    headers = {b"Cookie": f"staff_console={cookie}".encode()} if cookie else {}
    answer = console.raw("GET", console.address + path, headers=headers)
    assert answer.status_code == 401 and "Please sign in" in answer.text
    assert console.raw("POST", console.address + path, json=HIT, headers={**headers, b"Origin": console.address.encode()}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.evil.example", "0.0.0.0:{port}"])
def test_another_host_name_is_refused_even_with_the_cookie(console, host):
    port = console.address.rsplit(":", 1)[1]
    for path in ("/staff/", "/staff/api/state", f"/?{console.link.split('?')[1]}"):
        answer = console.get(path, Host=host.format(port=port))
        assert answer.status_code == 403 and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "http://127.0.0.1:1"}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}],
    ids=str,
)
def test_another_page_cannot_make_it_do_anything(console, headers):
    assert console.post("talk", HIT).status_code == 200
    assert console.post("talk", HIT, **headers).status_code == 403


def test_nothing_that_changes_something_answers_to_a_get(console):
    before = sorted(console.flows.iterdir())
    for path in ("talk", "tests/draft", "tests/save?file=x.yml&text=x"):
        assert console.get(f"/staff/api/{path}").status_code in (404, 405)
    assert sorted(console.flows.iterdir()) == before


@pytest.mark.parametrize(
    "name",
    ["../evil.yml", "..\\evil.yml", "/tmp/evil.yml", "a/../../evil.yml", "a/b.yml", ".hidden.yml", "evil.py", "conftest.py", "evil.yml\n", "evil.yml\0", "", ".yml", "x" * 80 + ".yml", "é.yml", "~.yml"],
)
def test_a_file_is_saved_in_the_folder_of_flows_and_nowhere_else(console, name):
    def everything():
        return {path: path.stat().st_mtime_ns for path in [*console.folder.rglob("*")] if path.is_file() and "__pycache__" not in str(path) and ".git" not in path.parts}

    before = everything()
    text = (console.flows / "first.yml").read_text()
    answer = console.post("tests/save", {"file": name, "text": text, "overwrite": True})
    assert answer.status_code == 400 and "is no name for a test" in answer.json()["error"]
    assert console.get(f"/staff/api/tests/file?name={httpx.URL(params={'n': name}).query.decode()[2:]}").status_code == 400
    assert everything() == before


def test_a_link_out_of_the_folder_is_not_followed(console, tmp_path):
    target = tmp_path / "target.yml"
    target.write_text("before")
    link = console.flows / "linked.yml"
    link.symlink_to(target)
    try:
        console.post("tests/save", {"file": "linked.yml", "text": (console.flows / "first.yml").read_text(), "overwrite": True})
        assert target.read_text() == "before"
    finally:
        link.unlink()


def test_files_of_the_page_and_no_others_are_served(console):
    assert console.get("/staff/files/console.js").headers["content-type"].startswith("text/javascript")
    for name in ("changes.html.j2", "..%2fserver.py", "%2e%2e/guard.py", "server.py", "nothing"):
        assert console.get(f"/staff/files/{name}").status_code == 404


@pytest.mark.parametrize("body", [[], 7, "x", {"turns": 3}, {"turns": [{"text": []}]}, {"turns": [{"other": "x"}]}, {"start": {"audience": "kid"}}, {"turns": [{"choice": "nothing"}]}, {"turns": [{"text": "hi"}] * 41}], ids=str)
def test_what_is_no_conversation_is_named_and_never_a_traceback(console, body):
    answer = console.post("talk", body)
    assert answer.status_code == 400 and answer.json()["error"] and "Traceback" not in answer.text


@pytest.mark.parametrize(
    "name, content",
    [("routes.yml", "[]"), ("domain/words/urgent.yml", "- a"), ("safety_net.yml", "lists: {he: 3}")],
)
def test_a_data_file_of_quite_another_form_is_named_and_never_a_traceback(console, name, content):
    path = console.folder / "data" / name
    before = path.read_bytes()
    try:
        path.write_text(content)
        answer = console.post("talk", HIT)
        assert answer.status_code == 422 and "data/" in answer.json()["error"], answer.text
        assert console.get("/staff/contacts").status_code == 422 and "data/" in console.get("/staff/contacts").text
    finally:
        path.write_bytes(before)
    assert console.post("talk", HIT).status_code == 200


def test_every_page_has_a_strict_policy(console):
    for path in ("/staff/", "/staff/contacts", "/staff/changes", "/staff/api/state", "/nothing"):
        headers = console.get(path).headers
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"] and headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff" and "access-control-allow-origin" not in headers


def test_it_listens_on_this_computer_alone(console):
    port = console.address.rsplit(":", 1)[1]
    listening = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
    at = {one[1].split(":")[0] for one in listening if int(one[1].split(":")[1], 16) == int(port) and one[3] == "0A"}
    assert at == {"0100007F"}   # 127.0.0.1, as /proc writes it


def test_the_public_server_has_none_of_it(server, console):
    for path in PATHS:
        assert console.raw("GET", server + path).status_code == 404
        assert console.raw("POST", server + path, json=HIT).status_code == 404
    answer = console.raw("GET", f"{server}/?{console.link.split('?')[1]}", headers={"Cookie": f"staff_console={console.cookie()}"})
    assert "set-cookie" not in answer.headers and "Staff console" not in answer.text


def test_the_public_server_does_not_even_import_it():
    for path in (ROOT / "bot" / "webchat").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) bot\.staff", path.read_text(), re.MULTILINE), path
    code = "from bot import lean; lean.prepare(); import bot.webchat.server, bot.assistant, sys; print([n for n in sys.modules if n.startswith('bot.staff')])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout.strip() == "[]"
