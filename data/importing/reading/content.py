"""What a reader makes of a file, and what is said of it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.errors import Sentence


@dataclass(frozen=True)
class ReadFrom:
    """Where in a file a table was found, so that a screen can show it and a mapping can say it.

    part: the sheet of a workbook or the layer of a geometry file, of `parts`. heading_row: 1 is the first line.
    delimiter: of CSV, "" elsewhere. is_text: whether an encoding could be said.
    """

    part: str = ""
    parts: tuple[str, ...] = ()
    heading_row: int = 1
    delimiter: str = ""
    is_text: bool = False


FROM_THE_WHOLE = ReadFrom()


@dataclass(frozen=True)
class Content:
    """frame, geometry and its faults as in a SourceTable; notes: what a person should know of how it was read.

    was_rejected: these are rows we set aside ourselves.
    """

    frame: pd.DataFrame
    geometry: np.ndarray | None = None
    faults: np.ndarray | None = None
    notes: tuple[Sentence, ...] = ()
    read_from: ReadFrom = FROM_THE_WHOLE
    was_rejected: bool = False
