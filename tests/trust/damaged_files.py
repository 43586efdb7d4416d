"""T8: a thousand damaged files are taken whole or refused, and the site that is handed bad ones stays up."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from data.importing.reading.sandboxed_reader import read_apart
from tests.benchmarks.server import Server
from tests.data.bad_files import BAD_FILES
from tests.data.importing.damaged_files import WRITERS, Tally, hand_in_damaged
from tests.data.riverton import desk
from tests.sessions import COOKIE, token_of
from tests.trust.import_page import REFUSED, hand_in
from tests.trust.promise import Promise
from tests.trust.served_district import HANGS_S, OK, Watched, asked, served_district

FILES, AT_ONCE = 1_000, 2
LARGEST_MB = 50  # to be sent to the page
FAULTS = "credit_map_faults_total "


def promises() -> list[Promise]:
    return [*of_tally(tallied(FILES)), *_on_the_page()]


def tallied(files: int) -> Tally:
    """What became of so many, of the four kinds in equal parts; each is read in a process of its own."""
    with TemporaryDirectory(prefix="trust-") as folder:

        def some(kind: str, seed: int) -> Tally:
            (own := Path(folder, f"{kind}-{seed}")).mkdir()
            return hand_in_damaged(desk(own), kind, files // len(WRITERS) // AT_ONCE, read_apart, seed)

        with ThreadPoolExecutor(AT_ONCE) as threads:
            parts = [(kind, seed) for kind in WRITERS for seed in range(AT_ONCE)]
            tallies = list(threads.map(some, *zip(*parts, strict=True)))
    return Tally(
        taken=sum(tally.taken for tally in tallies),
        refused=sum(tally.refused for tally in tallies),
        harm=[harm for tally in tallies for harm in tally.harm],
    )


def of_tally(tally: Tally) -> list[Promise]:
    files = tally.taken + tally.refused + len(tally.harm)
    what = f"T8 of {files:,} files with flipped bytes ({tally.taken} taken whole, {tally.refused} refused)"
    return [Promise(f"{what}: half there, or a fault of ours", len(tally.harm), "files", 0)]


def _on_the_page() -> list[Promise]:
    """Files made to do harm are handed in on the import page, while somebody looks at the map."""
    with served_district() as (server, engine), bad_files() as files:
        token = token_of(engine, "administrator")
        with Watched(server, token) as map_:
            said = [asyncio.run(hand_in(server, token, file)) for file in files]
        health = asked(server, "/health").status
        faults = faults_counted(server, token)
    looked = len(map_.answers)
    what = f"T8 {len(files)} files made to do harm, handed in on the page"
    return [
        Promise(f"{what}: not refused in a sentence", sum(one != REFUSED for one in said), "files", 0),
        Promise(f"{what}: faults of ours", faults, "faults", 0),
        Promise(
            f"{what}: of {looked} tiles meanwhile not answered", sum(one.status != OK for one in map_.answers), "", 0
        ),
        Promise(f"{what}: /health afterwards not {OK}", int(health != OK), "answers", 0),
    ]


@contextmanager
def bad_files() -> Iterator[list[Path]]:
    with TemporaryDirectory(prefix="trust-") as folder:
        files = []
        for number, made in enumerate(BAD_FILES.values()):
            (own := Path(folder, str(number))).mkdir()
            files.append(made(own))
        yield [file for file in files if file.stat().st_size <= LARGEST_MB * 2**20]


def faults_counted(server: Server, token: str) -> float:
    """Faults of ours since the server was started, each with a number in its log."""
    request = Request(f"{server.address}/metrics", headers={"Cookie": f"{COOKIE}={token}"})
    with urlopen(request, timeout=HANGS_S) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.removeprefix(FAULTS)) for line in lines if line.startswith(FAULTS))
