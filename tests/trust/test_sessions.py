"""What `make trust` would notice of tabs, files and maps that do not do as promised."""

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.data.importing.damaged_files import Tally
from tests.trust.changing_data import Looks, of_looks
from tests.trust.damaged_files import of_tally
from tests.trust.import_page import REFUSED, outcome
from tests.trust.many_sessions import MOST_DESCRIPTORS, Held, of_actions, of_rounds
from tests.trust.page_sessions import MAP, Run
from tests.trust.served_district import FAULT_OF_OURS, GAVE_UP, OK, Answer

WHOLE, SLOW, NONE = Answer(OK, 0.1), Answer(OK, 9.0), Answer(GAVE_UP, 0.1)


def element(kind: str, **content: object) -> ForwardMsg:
    told = ForwardMsg()
    made = getattr(told.delta.new_element, kind)
    made.SetInParent()
    for name, value in content.items():
        setattr(made, name, value)
    return told


def finished(status: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> ForwardMsg:
    return ForwardMsg(script_finished=status)


def error(body: str = "x") -> ForwardMsg:
    return element("alert", format=Alert.ERROR, body=body)


def heard(*told: ForwardMsg) -> Run:
    run = Run()
    for one in told:
        run.hear(one)
    return run


def broken(promises) -> list[int]:
    """Which of them, by their place."""
    return [place for place, promise in enumerate(promises) if not promise.kept]


def test_a_page_with_its_map_is_whole():
    run = heard(element("alert", format=Alert.INFO), element(MAP), finished())
    assert run.is_over and run.status == OK


@pytest.mark.parametrize(
    "told",
    [
        (finished(),),
        (element(MAP), error(), finished()),
        (element(MAP), element("exception"), finished()),
        (element(MAP), finished(ForwardMsg.FINISHED_WITH_COMPILE_ERROR)),
    ],
    ids=["no map", "an error", "an exception", "a script that does not compile"],
)
def test_a_page_that_is_not_whole_is_noticed(told):
    run = heard(*told)
    assert run.is_over and run.status == FAULT_OF_OURS


def test_a_run_that_is_broken_off_for_a_later_one_is_not_over():
    assert not heard(element(MAP), finished(ForwardMsg.FINISHED_EARLY_FOR_RERUN)).is_over


def test_pages_that_come_late_or_not_at_all_would_be_noticed():
    assert broken(of_actions([WHOLE] * 100)) == []
    assert broken(of_actions([SLOW] * 10 + [WHOLE] * 90)) == [0]
    assert broken(of_actions([NONE] + [WHOLE] * 99)) == [1]


def test_memory_files_and_sockets_that_do_not_come_back_would_be_noticed():
    def rounds(*held: Held, answer: Answer = WHOLE):
        return of_rounds([([answer], one) for one in held], tabs=1)

    filling, warm = Held(300_000_000, 100), Held(400_000_000, 600)
    assert broken(rounds(filling, warm, warm, Held(410_000_000, 600 + MOST_DESCRIPTORS))) == []
    assert broken(rounds(filling, warm, warm, Held(430_000_000, 600))) == [0]
    assert broken(rounds(filling, warm, warm, Held(400_000_000, 601 + MOST_DESCRIPTORS))) == [1]
    assert broken(rounds(filling, warm, warm, answer=NONE)) == [2]


def test_a_map_that_is_slow_or_fails_while_data_changes_would_be_noticed():
    quiet, bad = Looks([WHOLE] * 3), Looks([WHOLE, SLOW, SLOW])
    assert broken(of_looks(quiet, {"an import": quiet, "an undo": quiet})) == []
    assert broken(of_looks(quiet, {"an import": quiet, "an undo": bad})) == [1]
    assert broken(of_looks(quiet, {"an import": Looks([WHOLE, WHOLE, NONE])})) == [1]


def test_a_damaged_file_that_did_harm_would_be_noticed():
    assert broken(of_tally(Tally(400, 600))) == []
    assert broken(of_tally(Tally(400, 599, ["csv 7: half there"]))) == [0]


@pytest.mark.parametrize(
    "told",
    [
        (),
        (error("系统出错，已记录。请将编号告知管理员：1f2e3d4c"),),
        (error("未导入  \n坏。"), error("未导入  \n坏。")),
    ],
    ids=["nothing said", "a fault of ours", "said twice"],
)
def test_a_file_that_the_page_does_not_refuse_in_one_sentence_would_be_noticed(told):
    assert outcome([element("markdown"), error("未导入  \nx.csv：文件损坏。")]) == REFUSED
    assert outcome([element("markdown"), *told]) != REFUSED
