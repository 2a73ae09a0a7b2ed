"""The short way of a message through Rasa: the same components in the same order, without what only training and debugging need."""
import types
from functools import lru_cache
from typing import Any, Dict, List, Optional, Text

import rasa.core.processor
import rasa.shared.utils.common
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from ruamel.yaml import YAML


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


def shorten(processor: MessageProcessor) -> None:
    """Makes a loaded processor take the short way."""
    processor.graph_runner = DirectRunner(processor.graph_runner)  # type: ignore[arg-type]
    # The processor copies events deeply, five times a message, for debug lines that are never written; it copies nothing else so.
    rasa.core.processor.copy = types.SimpleNamespace(deepcopy=lambda events: events)  # type: ignore[attr-defined]
    # Each event that an action returns is looked up by walking through all classes of events; once is enough.
    rasa.shared.utils.common.all_subclasses = lru_cache(maxsize=None)(rasa.shared.utils.common.all_subclasses)


def load_domain_as_trained() -> None:
    """Makes Rasa take a model's domain as the training wrote it, which was checked then, where it would check it anew with a slow parser: half a second."""

    def load(cls: type, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **_: Any) -> Any:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Domain.from_dict(YAML(typ="safe").load(folder / "domain.yml")))

    DomainProvider.load = classmethod(load)  # type: ignore[assignment,method-assign]
