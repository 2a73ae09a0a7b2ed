"""Trains the model when what it is made of has changed, and checks the data files first."""
import hashlib
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Iterable

from bot.signposting.data_files import DATA, ROOT, DataError
from bot.signposting.choices import choices
from bot.signposting.figures import figures
from bot.signposting.moves import moves
from bot.signposting.routes import table
from bot.signposting.services import registry
from bot.signposting.words import responses

MODEL = ROOT / "models" / "model.tar.gz"
PREVIOUS = ROOT / "models" / "previous.tar.gz"   # the training before, for the staff console to compare with
STAMP = ROOT / "models" / "made-of"
REST_SECONDS = 0.005   # after each phrase, for the messages: all are compiled within half a minute


def check_data() -> None:
    """Reads the data files of the signposting core. Raises DataError that names file, line and field."""
    for read in (registry, table, responses, choices, figures, moves):
        read()


def check_phrases() -> None:
    """Reads the phrase files of the pipeline too, which imports Rasa. Raises DataError that names the file and the phrase."""
    from bot.nlu.asked import asked
    from bot.nlu.safety_net import net
    from bot.nlu.speaker import speaker

    asked()
    net()
    speaker()


def compile_phrases_aside() -> None:
    """For a server, once `check_phrases` was called: compiles the phrases in the rests between messages, so that no message has to wait for it.

    Otherwise the first few hundred messages would each be a little slower, and memory would grow by 5 MB with them.
    """
    from bot.nlu.phrases import compile_all

    threading.Thread(target=compile_all, args=(REST_SECONDS,), name="phrases", daemon=True).start()


def made_of() -> str:
    """A fingerprint of all that the model is made of, in two halves: the phrases, rules and intents; and what they are learned with.

    Rasa keeps what it has learned and takes it again where phrases, settings and a component's own class are the same. It does not see what
    lies beneath: `train` has it learn anew where the second half differs. What is said and whom it points to are read when the bot starts.
    """
    phrases = [DATA / "rules.yml", DATA / "domain" / "domain.yml", *sorted((DATA / "nlu").glob("*.yml"))]
    beneath = [ROOT / "config.yml", ROOT / "requirements.txt", DATA / "text_speak.yml", *sorted((ROOT / "bot" / "nlu").glob("*.py"))]
    concerns = repr((table().severity, sorted((name, one.concern, one.urgency) for name, one in table().urgent_intents.items())))
    return f"{_digest(phrases)}-{_digest(beneath, concerns)}"


def _digest(paths: Iterable[Path], more: str = "") -> str:
    digest = hashlib.sha256(more.encode())
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def train(force: bool = False) -> int:
    """Returns the exit status."""
    try:
        check_data()
    except DataError as error:
        print(f"The data files need mending:\n{error}")
        return 1
    fingerprint, before = made_of(), STAMP.read_text() if MODEL.exists() and STAMP.exists() else ""
    if not force and before == fingerprint:
        print("The model is up to date.")
        return 0
    try:
        check_phrases()
    except DataError as error:
        print(f"The data files need mending:\n{error}")
        return 1
    force = force or before.rpartition("-")[2] != fingerprint.rpartition("-")[2]
    print("Training the model: this takes a few minutes the first time.", flush=True)
    os.environ["TQDM_DISABLE"] = "1"   # Rasa's progress bars of the rules, which take no time
    kept = PREVIOUS.with_suffix(".kept")
    if MODEL.exists():
        shutil.copy2(MODEL, kept)
    began = time.monotonic()
    from rasa.model_training import train as rasa_train

    result = rasa_train(
        domain=str(DATA / "domain"), config=str(ROOT / "config.yml"), training_files=[str(DATA / "nlu"), str(DATA / "rules.yml")],
        output=str(MODEL.parent), fixed_model_name=MODEL.name[: -len(".tar.gz")], force_training=force,
    )
    if result.code != 0 or not MODEL.exists():
        kept.unlink(missing_ok=True)
        print("Training failed: see above.")
        return 1
    if kept.exists():
        kept.replace(PREVIOUS)
    STAMP.write_text(fingerprint)
    print(f"Trained in {time.monotonic() - began:.0f} s: {MODEL.relative_to(ROOT)}")
    return 0
