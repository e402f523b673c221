import dagster as dg

from clone_pipeline.defs.executing import execute, failures_of
from clone_pipeline.settings import Fault, FaultyInput


def test_a_fault_is_told_without_the_name_of_its_class() -> None:
    @dg.op
    def faulty() -> None:
        raise FaultyInput([Fault("here", "nothing", "Put something there.")])

    @dg.job
    def one() -> None:
        faulty()

    with dg.DagsterInstance.ephemeral() as instance:
        [(name, sentence)] = failures_of(execute(one, instance))
    assert name == "faulty"
    assert sentence.startswith("1 fault:")
    assert "found nothing" in sentence
