"""From the bytes of a text file to its text: UTF-8, UTF-16 with a byte order mark, Chinese in GB18030, or what is said.

Anything else is refused with what it may be. A library's guess is only named, never followed: of short texts of
fifteen encodings charset-normalizer called Chinese Korean, Japanese or UTF-8 about every second time.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from data.importing.errors import FileRefused
from data.importing.reading.chinese_text import is_chinese
from data.importing.text_encodings import ENCODINGS
from scoring.errors import Sentence

MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
NOT_WRITTEN = frozenset(("Co", "Cn"))  # private use, unassigned: proof that the bytes meant something else
GUESSED_FROM = 2**16  # bytes with characters beyond ASCII; more do not make a guess better
MOST_GUESSES = 3
MOSTLY = 4  # so many good characters for each bad one, and the text is UTF-8 with damage
BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
PAST_TWO_BYTES = re.compile("[\u0800-\U0010ffff]")  # what UTF-8 writes with three bytes or four
RARE = re.compile(
    "[\u0180-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u02af]"
)  # Latin letters of phonetics and lost alphabets
LINES = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def decoded(name: str, data: bytes, stated: str | None = None) -> str:
    """The text of a file. stated: the encoding a person named, one of ENCODINGS. Raises FileRefused."""
    for mark, encoding, codec in MARKS:
        if data.startswith(mark):
            return _strictly(name, data, encoding, codec)
    if stated is not None:
        return _as_stated(name, data, stated)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(name, data, error)
        return _chinese(name, data)
    return _chinese(name, data) if _is_chance(text) else text


def start_of(data: bytes, most: int) -> str:
    """The first characters, to see what kind of file it is; what cannot be decoded is replaced."""
    codec = next((codec for mark, _, codec in MARKS if data.startswith(mark)), "utf-8-sig")
    return data[:most].decode(codec, errors="replace")


def _strictly(name: str, data: bytes, encoding: str, codec: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if error.end >= len(error.object) and error.start > 0:
            raise _cut_off(name, encoding) from error
        raise FileRefused(
            "{name}: line {line} holds bytes that are no {encoding}; correct 'encoding', or save it as 'CSV UTF-8'.",
            name=name,
            line=_line_of(data, error.start),
            encoding=encoding,
        ) from error
    strange = next((sign for sign in sorted(set(text)) if unicodedata.category(sign) in NOT_WRITTEN), None)
    if strange is not None and encoding not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        raise FileRefused(
            "{name}: read as {encoding}, line {line} holds a character that does not exist; correct 'encoding', or "
            "save it as 'CSV UTF-8'.",
            name=name,
            encoding=encoding,
            line=text[: text.index(strange)].count("\n") + 1,
        )
    return text


def _as_stated(name: str, data: bytes, stated: str) -> str:
    if stated not in ("utf-8", "utf-16") and _is_plainly_utf8(data):
        raise FileRefused(
            "{name}: 'encoding' says {encoding}, and the text is UTF-8; take 'encoding' out, or say \"utf-8\".",
            name=name,
            encoding=stated,
        )
    codec = "utf-16-le" if stated == "utf-16" else ENCODINGS[stated]  # without a mark it is Windows' own
    return _strictly(name, data, stated, codec)


def _is_plainly_utf8(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return not text.isascii() and "\0" not in text and not _is_chance(text)


def _is_chance(text: str) -> bool:
    """Whether bytes of another encoding are UTF-8 by chance: pairs of bytes that give words of several scripts."""
    if text.isascii() or PAST_TWO_BYTES.search(text):
        return False
    words = set(BEYOND_ASCII.findall(text))
    return any(RARE.search(word) or len({_script(sign) for sign in word}) > 1 for word in words)


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0] if unicodedata.category(sign)[0] == "L" else ""


def _refuse_damaged_utf8(name: str, data: bytes, error: UnicodeDecodeError) -> None:
    before = data[: error.start]
    if error.reason == "unexpected end of data" and not before.isascii():
        raise _cut_off(name, "utf-8")
    mended = data.decode(errors="replace")
    bad = mended.count("\N{REPLACEMENT CHARACTER}")
    if sum(map(len, BEYOND_ASCII.findall(mended))) - bad > MOSTLY * bad:
        raise FileRefused(
            "{name}: the text is UTF-8, but line {line} holds bytes that are none; correct that line, or export it "
            "again.",
            name=name,
            line=_line_of(data, error.start),
        )


def _chinese(name: str, data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("gb18030")
        if fault.end >= len(data) and not before.isascii() and is_chinese(before):
            raise _cut_off(name, "gb18030") from fault
        raise _unknown(name, data) from fault
    if not is_chinese(text):
        raise _unknown(name, data)
    return text


def _cut_off(name: str, encoding: str) -> FileRefused:
    return FileRefused(
        "{name}: the text ({encoding}) is cut off in its last character, so more may be lost; export it again.",
        name=name,
        encoding=encoding,
    )


def _line_of(data: bytes, position: int) -> int:
    return len(data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))


def _unknown(name: str, data: bytes) -> FileRefused:
    guessed = guesses(data)
    maybe: Sentence | str = ""
    if guessed:
        maybe = Sentence(" (perhaps {encodings})", encodings=tuple(guessed))
    return FileRefused(
        "{name}: the encoding is neither UTF-8 nor GB18030 for certain{maybe}; say 'encoding', or save it as "
        "'CSV UTF-8'.",
        name=name,
        maybe=maybe,
    )


def guesses(data: bytes) -> list[str]:
    """The encodings the bytes may be in, the likeliest first, by a library's measure of disorder; at most three."""
    from charset_normalizer import from_bytes  # 30 ms that other files need not wait for

    beyond = b"\n".join(_some(LINES.finditer(data)))
    fitting = {codec: name for name, codec in ENCODINGS.items() if not name.startswith("utf") and fits(beyond, codec)}
    matches = [one for one in from_bytes(beyond, cp_isolation=list(fitting)) if one.encoding in fitting]
    order = list(fitting)
    matches.sort(key=lambda one: (one.chaos, -one.coherence, order.index(one.encoding)))
    ranked = dict.fromkeys((*(one.encoding for one in matches), *fitting))
    return [fitting[codec] for codec in ranked][:MOST_GUESSES]


def _some(lines: Iterator[re.Match[bytes]]) -> Iterator[bytes]:
    taken = 0
    for line in lines:
        yield line.group()
        taken += len(line.group())
        if taken > GUESSED_FROM:
            return


def fits(data: bytes, codec: str) -> bool:
    """Whether the bytes give a text without characters that nobody writes."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return False
    return not any(
        unicodedata.category(sign) in NOT_WRITTEN or "\x80" <= sign <= "\x9f" or sign == "\0" for sign in set(text)
    )
