"""How far a long command has come is told in a log too, at a rhythm one can read."""

import io

from data.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_a_step_and_one_each_tenth():
    log = io.StringIO()
    with progress(log) as report:
        report("laying the district", 0, 1)
        report("laying the district", 1, 1)
        report("demo: buildings", 0, 0)
        report("demo: buildings", 0, 0)
        for month in range(1, 121):
            report("qishuyan", month, 120)
    tenths = [f"qishuyan: {share}%" for share in range(10, 101, 10)]
    told = ["laying the district …", "laying the district: 100%", "demo: buildings …", "qishuyan …", *tenths]
    assert log.getvalue().splitlines() == told


def test_steps_that_share_one_count_each_say_how_far_it_has_come():
    log = io.StringIO()
    with progress(log) as report:
        report("buildings", 40, 100)
        report("buildings", 45, 100)
        report("inspections", 45, 100)
    assert log.getvalue().splitlines() == ["buildings: 40%", "inspections: 40%"]


def test_a_terminal_gets_a_bar_that_goes_away_again():
    screen = Terminal()
    with progress(screen) as report:
        report("laying the district", 1, 2)
    assert " 50% |" in screen.getvalue() and "\n" not in screen.getvalue()
