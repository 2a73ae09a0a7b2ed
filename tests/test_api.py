"""Whatever is sent to the web chat API, the answer is as bot/webchat/openapi.yml says, has a clear reason, and shows help."""
import json
import os
import subprocess
import unicodedata
from collections import Counter

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.signposting.data_files import ROOT
from bot.webchat.cleaning import cleaned
from tests.conftest import seen

SCHEMATHESIS = ROOT / ".tools" / "schemathesis" / "bin" / "schemathesis"
HERE = ROOT / "tests" / "openapi"
REQUESTS_AN_OPERATION = "80"

ANY_LETTER = st.characters(exclude_categories=())   # halves of letters, controls and hidden marks among them
ANY_TEXT = st.text(ANY_LETTER, max_size=80)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["text", "choice", "message", ""]) | ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
NEARLY_RIGHT = st.fixed_dictionaries({}, optional={"text": ANY_TEXT | ANY_JSON, "choice": ANY_TEXT | ANY_JSON})


@pytest.fixture(scope="module")
def api(server):
    return f"{server}/webhooks/webchat"


def test_every_answer_is_as_the_openapi_file_says_and_shows_help(api, tmp_path):
    assert SCHEMATHESIS.exists(), "make setup-tests installs it"
    requests_sent = tmp_path / "requests.har"
    run = subprocess.run(
        [
            str(SCHEMATHESIS), "--config-file", str(HERE / "schemathesis.toml"), "run", str(ROOT / "bot" / "webchat" / "openapi.yml"), "--url", api,
            "--checks", "all", "--max-examples", REQUESTS_AN_OPERATION, "--continue-on-failure", "--no-color", "--report-har-path", str(requests_sent),
        ],
        cwd=tmp_path, env={**os.environ, "API": api, "SCHEMATHESIS_HOOKS": "checks", "PYTHONPATH": str(HERE)}, capture_output=True, text=True,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    statuses = Counter(entry["response"]["status"] for entry in json.loads(requests_sent.read_text())["log"]["entries"])
    assert statuses[200] >= 20 and all(statuses[one] for one in (201, 400, 401, 404, 405, 413)), statuses   # else it has not tried what it should
    assert not statuses[429], "the limits hid what the requests would have shown"


@given(st.binary(max_size=60) | (NEARLY_RIGHT | ANY_JSON).map(lambda body: json.dumps(body).encode()))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_gets_a_reason_and_help(api, body):
    with httpx.Client(timeout=20) as client:
        token = client.post(f"{api}/sessions").json()["session"]
        answer = client.post(f"{api}/messages", content=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 400, 404), body
    if answer.status_code != 200:
        assert answer.json()["error"]["code"] and answer.json()["error"]["message"]
    assert seen(answer.json()["messages"], {}).services


@given(st.text(ANY_LETTER, max_size=100) | st.text("/\u2044\uff0f\u200b\ufeff\x00\x1b\u202e \t\n\ud800ab", max_size=20))
@settings(max_examples=1000, deadline=None)
def test_what_reaches_the_pipeline_is_plain_text(text):
    harmless = cleaned(text)
    assert not harmless.startswith(("/", "\uff0f")) and harmless == harmless.strip()
    assert not [one for one in harmless if one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Cn")]
    harmless.encode("utf-8")
