"""The short way through Rasa gives the same as Rasa's own way."""
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.constants import DEFAULT_SENDER_ID
from rasa.core.processor import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker

from bot.direct import DirectRunner

TEXTS = ["my dad hits me when he is drunk", "im 14 and someone wants my pictures. he says now or he sends them to my school", "hello", "/restart", "zxqv"]


@pytest.fixture
def runners(assistant):
    """Our runner, and Rasa's over the same loaded components."""
    ours = assistant._agent.processor.graph_runner
    assert isinstance(ours, DirectRunner)
    rasas = DaskGraphRunner.__new__(DaskGraphRunner)
    rasas._graph_schema, rasas._instantiated_nodes, rasas._execution_context = ours._schema, ours._nodes, None
    return ours, rasas, assistant._agent.processor


@pytest.mark.parametrize("text", TEXTS)
def test_a_message_is_read_the_same(runners, text):
    ours, rasas, processor = runners
    target = processor.model_metadata.nlu_target

    def read(runner):
        tracker = DialogueStateTracker.from_events(DEFAULT_SENDER_ID, [])
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: tracker}
        return runner.run(inputs=inputs, targets=[target])[target][0].as_dict(only_output_properties=True)

    found = read(ours)
    assert found["intent"]["name"] and found == read(rasas)


@pytest.mark.parametrize("intent", ["physical_abuse", "greet", "nlu_fallback", "ask_service"])
def test_the_next_action_is_the_same(runners, intent):
    from rasa.shared.core.events import ActionExecuted, UserUttered

    ours, rasas, processor = runners
    target = processor.model_metadata.core_target

    def next_action(runner):
        tracker = DialogueStateTracker.from_events(
            DEFAULT_SENDER_ID, [ActionExecuted("action_listen"), UserUttered("", intent={"name": intent, "confidence": 1.0})],
            slots=processor.domain.slots, domain=processor.domain,
        )
        prediction = runner.run(inputs={PLACEHOLDER_TRACKER: tracker}, targets=[target])[target]
        return processor.domain.action_names_or_texts[prediction.max_confidence_index]

    assert next_action(ours).startswith("action_") and next_action(ours) == next_action(rasas)
