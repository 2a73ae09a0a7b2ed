"""Makes Rasa light and silent before it is imported: no TensorFlow, no telemetry, no crash reports.

Rasa 3.6.21's default recipe imports the modules of every component it ships, DIET and TED among them, so plain `import rasa`
wants TensorFlow although a pipeline without them never calls it. Where TensorFlow is not installed, `prepare` answers for it with
modules whose every attribute is an empty class; `serving` answers so for all else that the server of a trained model imports and
never calls. Rasa 3.6 is frozen, so what it imports does not change under us.
"""
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from typing import Tuple

from bot import logs

NOT_INSTALLED = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras")
# Installed with Rasa, for stores and brokers that this bot never uses, and imported with it: a third of the time of the start.
NEVER_USED = ("pymongo", "boto3", "botocore", "aio_pika", "aiormq")
# Wanted for training, for staff's commands, or for channels that are closed here: half of the rest of the time, and 70 MB.
NOT_WHILE_SERVING = (
    "sqlalchemy", "sklearn", "scipy", "joblib", "matplotlib", "tqdm", "dask", "apscheduler", "jwt",
    "rasa.cli", "rasa.telemetry", "rasa.core.test", "rasa.engine.recipes.default_components", "rasa.graph_components.validators",
    "rasa.utils.tensorflow.model_data", "rasa.utils.tensorflow.data_generator",
    *(f"rasa.core.channels.{one}" for one in (
        "botframework", "callback", "console", "facebook", "hangouts", "mattermost", "rasa_chat", "rest", "rocketchat", "slack", "socketio",
        "telegram", "twilio", "twilio_voice", "webexteams")),
)


class _EmptyClass(type):
    """A class that can be subclassed, called and asked for any attribute, and does nothing."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _EmptyClass(name, (), {})

    def __call__(cls, *args: object, **kwargs: object) -> type:
        return _EmptyClass(cls.__name__, (), {})


class _EmptyModule(types.ModuleType):
    __path__: list = []

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        setattr(self, name, _EmptyClass(name, (), {}))   # Rasa asks for scipy's ten times a message
        return self.__dict__[name]


class _StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, modules: Tuple[str, ...]) -> None:
        self._modules = modules

    def find_spec(self, fullname, path=None, target=None):
        if any(fullname == one or fullname.startswith(f"{one}.") for one in self._modules):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return _EmptyModule(spec.name)

    def exec_module(self, module):
        pass


def prepare() -> None:
    """Must run before the first `import rasa`. Safe to call more than once."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # The products of one message are too small to share between cores: threads waiting for each other cost more than they bring,
    # most of all on a busy machine, where one message took 60 ms instead of 7. Must be set before numpy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    logs.quiet()
    installed = importlib.util.find_spec("tensorflow") is not None
    if not installed:
        sys.meta_path.insert(0, _StandIn(NOT_INSTALLED + NEVER_USED))


def serving() -> None:
    """For a process that only answers with a trained model; before the first `import rasa`, after `prepare`."""
    sys.meta_path.insert(0, _StandIn(NOT_WHILE_SERVING))
