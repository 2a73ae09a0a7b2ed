"""The short way of a message through Rasa: the same components in the same order, without what only training and debugging need."""
import gzip
import shutil
import tempfile
import types
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Text, Union

import rasa.core.actions.action
import rasa.core.processor
import rasa.shared.utils.common
from rasa.core.actions.action import Action
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_VALIDATE_SLOT_MAPPINGS, DEFAULT_SLOT_NAMES
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from ruamel.yaml import YAML
from tarsafe import TarSafe


class DirectRunner(GraphRunner):
    """Runs the loaded components one after another, where Rasa plans a dask graph anew for each message: a third of its time."""

    def __init__(self, planned: DaskGraphRunner) -> None:
        self._nodes = planned._instantiated_nodes
        self._schema = planned._graph_schema
        self._orders: Dict[tuple, List[Text]] = {}

    @classmethod
    def create(cls, graph_schema: GraphSchema, model_storage: ModelStorage, execution_context: ExecutionContext,
               hooks: Optional[List[GraphNodeHook]] = None) -> "DirectRunner":
        return cls(DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks))

    def run(self, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None) -> Dict[Text, Any]:
        """The targets' outputs by name, as Rasa's own runner gives them. Raises what a component raises, as GraphComponentException."""
        wanted = tuple(targets or self._schema.target_names)
        found = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._order(wanted):
            needs = self._schema.nodes[name].needs.values()
            found[name] = self._nodes[name](*(found[need] for need in needs))
        return {name: found[name][1] for name in wanted}

    def _order(self, wanted: tuple) -> List[Text]:
        """The components to run for these targets, each after those that it needs."""
        if wanted not in self._orders:
            order: List[Text] = []

            def add(name: Text) -> None:
                if name in self._schema.nodes and name not in order:
                    for need in self._schema.nodes[name].needs.values():
                        add(need)
                    order.append(name)

            for name in wanted:
                add(name)
            self._orders[wanted] = order
        return self._orders[wanted]


class RulesOnce:
    """Asks Rasa's rules once for each intent, where they would search 175 rules twice a message: a sixth of its time.

    What they decide after a message depends on its intent alone, where no rule asks for more and nothing went before; else they are asked as ever.
    """

    def __init__(self, policy: RulePolicy) -> None:
        self._ask = policy.predict_action_probabilities
        rules = [state for key in policy.lookup[RULES] for state in policy._rule_key_to_state(key)]
        self._by_intent_alone = all(set(state) <= {"user", "prev_action"} and set(state.get("user", ())) <= {"intent"} for state in rules)
        self._known: Dict[Text, PolicyPrediction] = {}

    def __call__(self, tracker: DialogueStateTracker, domain: Domain, **more: Any) -> PolicyPrediction:
        history = [one for one in tracker.applied_events() if type(one) is not SlotSet]
        if not self._by_intent_alone or [type(one) for one in history] != [ActionExecuted, UserUttered] or history[0].action_name != ACTION_LISTEN_NAME:
            return self._ask(tracker, domain, **more)
        intent = history[1].intent_name
        if intent not in self._known:
            self._known[intent] = self._ask(tracker, domain, **more)
        return self._known[intent]


def shorten(processor: MessageProcessor) -> None:
    """Makes a loaded processor take the short way. The shares are of a short message's processor time, before."""
    processor.graph_runner = runner = DirectRunner(processor.graph_runner)  # type: ignore[arg-type]
    for node in runner._nodes.values():
        if isinstance(node._component, RulePolicy):
            node._component.predict_action_probabilities = RulesOnce(node._component)   # type: ignore[method-assign]
            node._fn = lambda policy, **inputs: policy.predict_action_probabilities(**inputs)
    _without_debugging(processor)
    _without_slot_mappings(processor)
    _without_looking_twice()


@lru_cache(maxsize=None)
def _without_looking_twice() -> None:
    """Once in a process, however many models it loads."""
    # For each action all of Rasa's own are made anew, to look whether it is one of them.
    rasa.core.actions.action.default_actions = _made_once(rasa.core.actions.action.default_actions)
    # Each event that an action returns is looked up by walking through all classes of events; once is enough.
    rasa.shared.utils.common.all_subclasses = lru_cache(maxsize=None)(rasa.shared.utils.common.all_subclasses)


def _made_once(make: Callable[[Optional[EndpointConfig]], List[Action]]) -> Callable[[Optional[EndpointConfig]], List[Action]]:
    made: Dict[int, List[Action]] = {}   # by the endpoint's place in memory, which the last of the actions holds on to

    def actions(action_endpoint: Optional[EndpointConfig] = None) -> List[Action]:
        if id(action_endpoint) not in made:
            made[id(action_endpoint)] = make(action_endpoint)
        return made[id(action_endpoint)]

    return actions


def _without_debugging(processor: MessageProcessor) -> None:
    """Leaves out what only makes lines that are never written."""
    # Events are copied deeply, five times a message; the processor copies nothing else so, and uses this log for nothing else.
    rasa.core.processor.copy = types.SimpleNamespace(deepcopy=lambda events: events)  # type: ignore[attr-defined]
    rasa.core.processor.structlogger = types.SimpleNamespace(debug=lambda *event, **more: None)  # type: ignore[assignment]
    processor._log_slots = lambda tracker: None   # type: ignore[method-assign,assignment]
    # To warn of intents and entities that are not in the domain, an empty domain is built and compared with it (3%).
    processor._check_for_unseen_features = lambda parsed: None   # type: ignore[method-assign]


def _without_slot_mappings(processor: MessageProcessor) -> None:
    """Leaves out the search for slots to fill after each message (3%), where each slot is for an action to fill."""

    async def none_filled(channel: Any, tracker: DialogueStateTracker) -> DialogueStateTracker:
        return tracker

    slots = [slot for slot in processor.domain.slots if slot.name not in DEFAULT_SLOT_NAMES]
    if all(mapping == {"type": "custom"} for slot in slots for mapping in slot.mappings) and ACTION_VALIDATE_SLOT_MAPPINGS not in processor.domain.user_actions:
        processor.run_action_extract_slots = none_filled   # type: ignore[method-assign]


def unpack_once() -> None:
    """Has a model's archive decompressed once, where Rasa does it twice, the first time to look at the names of its files: 0.2 s of the start."""

    def extract(archive: Union[Text, Path], folder: Path) -> None:
        with gzip.open(archive) as packed, tempfile.TemporaryFile() as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
            plain.seek(0)
            with TarSafe.open(fileobj=plain, mode="r:") as tar:
                tar.extractall(folder)
        LocalModelStorage._assert_not_rasa2_archive(folder)

    LocalModelStorage._extract_archive_to_directory = staticmethod(extract)   # type: ignore[assignment,method-assign]


def load_domain_as_trained() -> None:
    """Makes Rasa take a model's domain as the training wrote it, which was checked then, where it would check it anew with a slow parser: half a second."""

    def load(cls: type, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **_: Any) -> Any:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Domain.from_dict(YAML(typ="safe").load(folder / "domain.yml")))

    DomainProvider.load = classmethod(load)  # type: ignore[assignment,method-assign]
