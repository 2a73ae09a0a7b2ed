"""Rasa's default bot, for comparisons: `rasa init`'s pipeline and policies, trained on this project's phrases and rules.

Lives in .tools/: an environment of its own with `rasa` as pip installs it, TensorFlow and all (2.5 GB), and a bot whose every intent answers with its
own name. Does only what is not done yet; a model is trained anew when the phrases, the rules or the settings have changed.

    python -m scripts.default_rasa [--epochs N] [--phrases N]

100 epochs on all phrases are Rasa's default, and take hours on two busy cores. `--epochs` and `--phrases` (at most so many of each intent, spread evenly
over the files) make it shorter; whoever quotes figures says which were used: the reports do.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from ruamel.yaml import YAML

from scripts.setup import find_uv

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".tools" / "rasa-default"
BOT = ROOT / ".tools" / "rasa-default-bot"
LOCK = ROOT / "requirements-default.txt"
MODEL = BOT / "models" / "model.tar.gz"
STAMP = BOT / "made-of.json"
EPOCHS = 100
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
            {"name": "MemoizationPolicy"}, {"name": "RulePolicy"}, {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
            {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
        ],
    }


def made_of(epochs: int, phrases: Optional[int]) -> str:
    digest = hashlib.sha256(f"{epochs} {phrases}".encode() + LOCK.read_bytes() + Path(__file__).read_bytes())
    for path in [ROOT / "data" / "rules.yml", ROOT / "data" / "domain" / "domain.yml", *sorted((ROOT / "data" / "nlu").glob("*.yml"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def trained() -> Dict[str, Any]:
    """What the present model was made of: its fingerprint, epochs and phrases an intent (null: all); empty where there is none."""
    return json.loads(STAMP.read_text()) if STAMP.exists() and MODEL.exists() else {}


def up_to_date() -> bool:
    """True where the model was trained on the present phrases and rules, with however many epochs and phrases."""
    stamp = trained()
    return bool(stamp) and stamp["made_of"] == made_of(stamp["epochs"], stamp["phrases an intent"])


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


def spread(phrases: List[str], most: Optional[int]) -> List[str]:
    """At most `most` of the phrases, evenly spread."""
    if most is None or len(phrases) <= most:
        return phrases
    return [phrases[place * len(phrases) // most] for place in range(most)]


def write_bot(epochs: int, phrases: Optional[int]) -> None:
    """The bot's files: every intent of ours, and for each a rule that answers with the intent's name, so that what was understood is seen."""
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
    nlu = [{"intent": intent, "examples": "\n".join(spread(lines, phrases)) + "\n"} for intent, lines in said.items()]
    BOT.mkdir(parents=True, exist_ok=True)
    for name, content in (("config", config(epochs)), ("domain", domain), ("rules", {"version": "3.1", "rules": rules}),
                          ("nlu", {"version": "3.1", "nlu": nlu}), ("credentials", {"rest": None})):
        with (BOT / f"{name}.yml").open("w", encoding="utf-8") as file:
            yaml.dump(content, file)


def train(epochs: int, phrases: Optional[int]) -> None:
    """Raises CalledProcessError."""
    write_bot(epochs, phrases)
    print(f"Training Rasa's default, {epochs} epochs on {phrases or 'all'} phrases of each intent: this takes long", flush=True)
    command = [str(VENV / "bin" / "python"), "-m", "rasa", "train", "--domain", "domain.yml", "--config", "config.yml", "--data", "rules.yml",
               "nlu.yml", "--out", "models", "--fixed-model-name", "model"]
    subprocess.run(command, cwd=str(BOT), env=ENVIRONMENT, check=True)
    STAMP.write_text(json.dumps({"made_of": made_of(epochs, phrases), "epochs": epochs, "phrases an intent": phrases}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=None, help=f"DIET's epochs (default {EPOCHS}, or those of a model that is up to date)")
    parser.add_argument("--phrases", type=int, default=None, help="at most so many phrases of each intent (default all)")
    wanted = parser.parse_args()
    try:
        install()
        asked = wanted.epochs is not None or wanted.phrases is not None
        same = (wanted.epochs or EPOCHS, wanted.phrases) == (trained().get("epochs"), trained().get("phrases an intent"))
        if up_to_date() and (same or not asked):
            print(f"Rasa's default is up to date ({trained()['epochs']} epochs on {trained()['phrases an intent'] or 'all'} phrases of each intent).")
        else:
            train(wanted.epochs or EPOCHS, wanted.phrases)
    except subprocess.CalledProcessError as error:
        print(f"This failed: {' '.join(map(str, error.cmd))}")
        sys.exit(1)


if __name__ == "__main__":
    main()
