"""The model missing, wrong, corrupt or lost; settings and data that cannot be meant: a clear refusal, or static help."""
import os
import shutil
import signal
import subprocess
import sys

import pytest

from bot.signposting.data_files import ROOT
from bot.webchat.settings import SettingError, Settings
from tests.conftest import free_port
from tests.servers import SECRET, serving, until

MODEL = ROOT / "models" / "model.tar.gz"


def refused(faults=(), **environment) -> str:
    """What a server says that ends by itself at once. It must be one line, and the status must be 1."""
    module = ["tests.launch", ",".join(faults)] if faults else ["bot"]
    ended = subprocess.run(
        [sys.executable, "-m", *module, "serve", "--port", str(free_port())], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, **environment},
    )
    assert ended.returncode == 1 and not ended.stdout
    lines = [line for line in ended.stderr.splitlines() if line]
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_without_a_model_it_does_not_start(tmp_path):
    said = refused([f"model_at={tmp_path / 'none.tar.gz'}"])
    assert "There is no model at" in said and "make train" in said


def test_with_half_a_model_it_does_not_start(tmp_path):
    corrupt = tmp_path / "model.tar.gz"
    corrupt.write_bytes(MODEL.read_bytes()[: MODEL.stat().st_size // 2])
    said = refused([f"model_at={corrupt}"])
    assert "cannot be used" in said and "train --force" in said


@pytest.mark.parametrize("content", [b"", b"PK" * 500])
def test_what_is_no_model_is_not_used(tmp_path, content):
    from bot.assistant import Assistant, ModelUnusable

    (tmp_path / "model.tar.gz").write_bytes(content)
    with pytest.raises(ModelUnusable, match="cannot be used"):
        Assistant.load(tmp_path / "model.tar.gz")


def test_with_the_model_of_another_bot_it_does_not_start(tmp_path):
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [hello, bye]\nresponses:\n  utter_hello: [{text: Hello}]\n')
    (tmp_path / "nlu.yml").write_text('version: "3.1"\nnlu:\n- intent: hello\n  examples: |\n    - hello\n    - hi\n- intent: bye\n  examples: |\n    - bye\n    - ciao\n')
    (tmp_path / "rules.yml").write_text('version: "3.1"\nrules:\n- rule: hello\n  steps: [{intent: hello}, {action: utter_hello}]\n')
    (tmp_path / "config.yml").write_text("recipe: default.v1\nassistant_id: other\nlanguage: en\npipeline: [{name: KeywordIntentClassifier}]\npolicies: [{name: RulePolicy}]\n")
    command = "from bot import lean; lean.prepare(); from rasa.model_training import train; train('domain.yml', 'config.yml', ['nlu.yml', 'rules.yml'], '.', fixed_model_name='other')"
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert "does not answer as it should" in refused([f"model_at={tmp_path / 'other.tar.gz'}"])


def test_a_model_lost_later_ends_in_static_help_until_it_is_back(tmp_path):
    model = tmp_path / "model.tar.gz"
    shutil.copy(MODEL, model)
    with serving([f"model_at={model}", "impatient"]) as bot:
        model.unlink()
        assert bot.ready() and "childline" in bot.talk().say("im being bullied").services   # what is loaded is loaded
        os.kill(bot.workers()[0], signal.SIGKILL)
        until(lambda: bot.status("/health/ready") == 503, 30, "a worker without a model")
        until(lambda: "cannot be loaded" in bot.output(), 60, bot.output())
        answer = bot.talk().say("my dad hits me")
        assert answer.services[0] == "emergency_999" and "childline" in answer.services
        assert bot.live() and bot.knows_that_it_is_not_ready()
        shutil.copy(MODEL, model)
        until(bot.ready, 60, "the model is back")


@pytest.mark.parametrize(
    "environment, says",
    [
        ({"WORKERS": "2"}, "needs REDIS_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "SESSION_SECRET"),
        ({"REDIS_URL": "127.0.0.1", "SESSION_SECRET": SECRET}, "redis://"),
        ({"SESSION_SECRET": "short"}, "at least 32"),
        ({"SESSION_MINUTES": "soon"}, "SESSION_MINUTES must be a number"),
        ({"SESSION_MINUTES": "nan"}, "SESSION_MINUTES must be a number"),
        ({"WORKERS": "0"}, "WORKERS"),
        ({"TRUSTED_PROXIES": "the proxy"}, "TRUSTED_PROXIES must be"),
    ],
)
def test_settings_that_cannot_be_meant_are_named(environment, says):
    with pytest.raises(SettingError, match=says):
        Settings.read(environment)


def test_with_such_settings_it_does_not_start():
    assert "needs REDIS_URL" in refused(WORKERS="2")


def test_two_servers_on_one_port_are_refused(server):
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--port", server.rsplit(":", 1)[1]], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1 and "Cannot listen" in ended.stderr


@pytest.mark.parametrize("command", [["run"], ["run", "--enable-api", "--cors", "*"], ["x"]])
def test_rasas_own_server_stays_closed(command):
    ended = subprocess.run([sys.executable, "-m", "bot", "rasa", *command], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and "python -m bot serve" in ended.stderr
