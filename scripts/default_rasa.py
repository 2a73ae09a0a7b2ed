"""Rasa's default bot, for comparisons: `rasa init`'s pipeline and policies, trained on all of this project's phrases, with rules and stories.

Lives in .tools/: an environment of its own with `rasa` as pip installs it, TensorFlow and all (2.5 GB), and a bot whose every intent answers with its
own name. Does only what is not done yet; a model is trained anew when the phrases, the rules or the settings have changed.

    python -m scripts.default_rasa [--epochs N]

It learns for 2 epochs, where Rasa's default is 100: those take most of a day on two cores (`--epochs 100`, for whoever has it). Fewer change how well
it understands, and neither its speed nor its memory; whoever quotes figures says how many there were: the reports do.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

from ruamel.yaml import YAML

from scripts.setup import find_uv

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".tools" / "rasa-default"
BOT = ROOT / ".tools" / "rasa-default-bot"
LOCK = ROOT / "requirements-default.txt"
MODEL = BOT / "models" / "model.tar.gz"
STAMP = BOT / "made-of.json"
EPOCHS = 2
RASAS_EPOCHS = 100
ENVIRONMENT = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TQDM_DISABLE": "1"}


def config(epochs: int) -> Dict[str, Any]:
    """What `rasa init` of 3.6.21 chooses where config.yml names no pipeline and no policies (rasa/engine/recipes/config_files/default_config.yml)."""
    return {
        "recipe": "default.v1", "assistant_id": "rasa-default", "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"}, {"name": "RegexFeaturizer"}, {"name": "LexicalSyntacticFeaturizer"}, {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True}, {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"}, {"name": "RulePolicy"}, {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True},
        ],
    }


def made_of(epochs: int) -> str:
    digest = hashlib.sha256(str(epochs).encode() + LOCK.read_bytes() + Path(__file__).read_bytes())
    for path in [ROOT / "data" / "rules.yml", ROOT / "data" / "domain" / "domain.yml", *sorted((ROOT / "data" / "nlu").glob("*.yml"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def trained() -> Dict[str, Any]:
    """What the present model was made of: its fingerprint and epochs; empty where there is none."""
    return json.loads(STAMP.read_text()) if STAMP.exists() and MODEL.exists() else {}


def up_to_date() -> bool:
    """True where the model was trained on the present phrases and rules, with however many epochs."""
    stamp = trained()
    return bool(stamp) and stamp["made_of"] == made_of(stamp["epochs"])


def how_trained() -> str:
    """For reports: for how many epochs the present model learned. Raises KeyError where there is none."""
    epochs = trained()["epochs"]
    return f"{epochs} epochs, as Rasa does it" if epochs == RASAS_EPOCHS else (
        f"{epochs} epochs instead of Rasa's {RASAS_EPOCHS}: its speed and memory are the same, but with more it understands more"
    )


def install() -> None:
    """Raises CalledProcessError."""
    stamp, wanted = VENV / "installed", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    uv = find_uv()
    print("Installing Rasa as it comes, with TensorFlow, into .tools/rasa-default (2.5 GB)", flush=True)
    if not (VENV / "bin" / "python").exists():
        subprocess.run([uv, "venv", "-q", "--python", "3.10", str(VENV)], check=True)
    subprocess.run([uv, "pip", "install", "--python", str(VENV / "bin" / "python"), "--require-hashes", "--no-deps", "-r", str(LOCK)], check=True)
    stamp.write_text(wanted)


def stories(intents: List[str]) -> List[Dict[str, Any]]:
    """One for each intent, in which the two that follow it in the list are said after it; the answers are those of the rules.

    `rasa init` brings stories too. Without any, its learned policies (TED and UnexpecTED) have nothing to learn and do nothing at each message.
    """
    return [
        {"story": name, "steps": [step for said in (intents[place:] + intents)[:3] for step in ({"intent": said}, {"action": f"utter_{said}"})]}
        for place, name in enumerate(intents)
    ]


def write_bot(epochs: int) -> None:
    """The bot's files: every intent of ours, and for each a rule that answers with the intent's name, so that what was understood is seen; and stories."""
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    intents = yaml.load((ROOT / "data" / "domain" / "domain.yml").read_text(encoding="utf-8"))["intents"]
    ruled = [rule["steps"][0]["intent"] for rule in yaml.load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]]
    domain = {"version": "3.1", "intents": intents, "responses": {f"utter_{name}": [{"text": name}] for name in intents}}
    rules = [{"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in ruled]
    said: Dict[str, List[str]] = {}
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"))["nlu"]:
            said.setdefault(block["intent"], []).extend(block["examples"].splitlines())
    nlu = [{"intent": intent, "examples": "\n".join(lines) + "\n"} for intent, lines in said.items()]
    BOT.mkdir(parents=True, exist_ok=True)
    for name, content in (("config", config(epochs)), ("domain", domain), ("rules", {"version": "3.1", "rules": rules}),
                          ("stories", {"version": "3.1", "stories": stories(ruled)}),
                          ("nlu", {"version": "3.1", "nlu": nlu}), ("credentials", {"rest": None})):
        with (BOT / f"{name}.yml").open("w", encoding="utf-8") as file:
            yaml.dump(content, file)


def train(epochs: int) -> None:
    """Raises CalledProcessError."""
    write_bot(epochs)
    print(f"Training Rasa's default, {epochs} epochs of {RASAS_EPOCHS} (--epochs changes that); each takes 6 to 11 minutes on two cores", flush=True)
    command = [str(VENV / "bin" / "python"), "-m", "rasa", "train", "--domain", "domain.yml", "--config", "config.yml", "--data", "rules.yml",
               "stories.yml", "nlu.yml", "--out", "models", "--fixed-model-name", "model"]
    subprocess.run(command, cwd=str(BOT), env=ENVIRONMENT, check=True)
    STAMP.write_text(json.dumps({"made_of": made_of(epochs), "epochs": epochs}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=None, help=f"of each learned part (default {EPOCHS}, or those of a model that is up to date)")
    epochs = parser.parse_args().epochs
    try:
        install()
        if up_to_date() and epochs in (None, trained()["epochs"]):
            print(f"Rasa's default is up to date: {how_trained()}.")
        else:
            train(epochs or EPOCHS)
    except subprocess.CalledProcessError as error:
        print(f"This failed: {' '.join(map(str, error.cmd))}")
        sys.exit(1)


if __name__ == "__main__":
    main()
