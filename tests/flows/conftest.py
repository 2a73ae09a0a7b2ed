"""Every conversation test in this folder is a test by its own name: pytest -k NAME."""
import pytest

from bot.signposting.data_files import DataError
from bot.staff.flows.reading import CSV_ENDINGS, YAML_ENDINGS, read_flows
from tests.conftest import the_assistant, the_loop


def pytest_collect_file(parent, file_path):
    if file_path.suffix.lower() in YAML_ENDINGS + CSV_ENDINGS:
        return FlowFile.from_parent(parent, path=file_path)


class FlowFile(pytest.File):
    def collect(self):
        try:
            flows = read_flows(self.path)
        except DataError as error:
            raise self.CollectError(str(error)) from None
        for flow in flows:
            yield FlowItem.from_parent(self, name=flow.name, flow=flow)


class FlowFailed(Exception):
    """Its text tells the conversation, expected against got, and why."""


class FlowItem(pytest.Item):
    def __init__(self, *, flow, **kwargs):
        super().__init__(**kwargs)
        self.flow = flow

    def runtest(self):
        from bot.staff.flows.running import run

        [result] = the_loop().run_until_complete(run(the_assistant(), [self.flow]))
        if not result.passed:
            from bot.staff.flows.told import told

            raise FlowFailed(told(result))

    def repr_failure(self, excinfo):
        return str(excinfo.value) if isinstance(excinfo.value, FlowFailed) else super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, self.flow.line - 1, self.name
