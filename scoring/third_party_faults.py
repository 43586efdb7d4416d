"""What libraries say of a file they cannot read, in sentences that have every language of ours.

On a page a person reads the sentence alone; a message that no sentence is known for is a number, under which the log
has it. On the command line the library's own words stand behind ours.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

from scoring.errors import Sentence

SHORTEST = 8  # characters of the number of a message: enough to find it in a log
LONGEST = 2_000  # characters kept of a message


class LibraryFault(Sentence):
    """Why a library refused. own_words: what it said itself; is_known: whether the sentence says as much."""

    def __init__(self, template: str, /, own_words: str, is_known: bool, **values: object) -> None:
        super().__init__(template, **values)
        self.own_words, self.is_known = own_words, is_known

    def __str__(self) -> str:
        return f"{super().__str__()}: {self.own_words}" if self.is_known else self.own_words


def library_fault(error: BaseException | str) -> LibraryFault:
    """The sentence for what a library has said, by its words."""
    words = str(error).strip()[:LONGEST] or type(error).__name__
    for pattern, sentence in KNOWN.items():
        if found := re.search(pattern, words, re.IGNORECASE):
            values = {name: _said(name, value) for name, value in found.groupdict().items()}
            return LibraryFault(sentence.template, words, True, **values)
    number = sha256(words.encode(errors="replace")).hexdigest()[:SHORTEST]
    return LibraryFault("details are in the log, number {number}", words, False, number=number)


def _said(name: str, value: str | None) -> object:
    """Of a TOML reader's message what is wrong in a sentence of ours; anything else as it stands."""
    if name != "wrong":
        return value or ""
    return next((one for pattern, one in IN_TOML.items() if re.search(pattern, value or "")), NOT_TOML)


NOT_TOML = Sentence("what stands there is no TOML")
IN_TOML: Mapping[str, Sentence] = {
    "Expected '=' after": Sentence("an '=' is missing"),
    "Expected newline": Sentence("a line goes on where it should end"),
    "Expected '?]": Sentence("a bracket is not closed"),
    "Unclosed": Sentence("a bracket is not closed"),
    "Unterminated|Illegal character '\\\\n'|Expected \"'\"": Sentence("a quotation mark is not closed"),
    "Cannot overwrite|Duplicate inline": Sentence("a key stands twice"),
    "Cannot declare|Cannot mutate|Cannot redefine": Sentence("a table stands twice, or is closed already"),
    "Invalid value": Sentence("the value is none; texts stand in quotation marks"),
    "Invalid date": Sentence("the day is none of the calendar"),
    "Unescaped|Invalid hex|escaped": Sentence("a backslash must be written twice"),
    "Illegal character|Found invalid character": Sentence("there is a sign that no TOML may hold"),
}
CRC, CUT = Sentence("its content does not match its checksum"), Sentence("its end is missing")
SQUEEZED, NO_ARCHIVE = Sentence("its compressed content is damaged"), Sentence("it is no zip archive")
MALFORMED, NO_SQLITE = Sentence("its content is damaged"), Sentence("it is no file of SQLite")
# In this order: the first that is found in a message counts.
KNOWN: Mapping[str, Sentence] = {
    r"^Invalid value \(at end of document\)$": Sentence("the text ends where a value or a bracket should stand"),
    r"^(?P<wrong>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)$": Sentence(
        "line {line}, column {column}: {wrong}"
    ),
    r"^(?P<wrong>.*) \(at end of document\)$": Sentence("at the end of the text: {wrong}"),
    "database (table )?is locked|database schema is locked": Sentence("another program holds the database locked"),
    "database or disk is full|no space left": Sentence("the disk is full"),
    "disk image is malformed|malformed database schema": MALFORMED,
    "file is (encrypted or is )?not a database": NO_SQLITE,
    "readonly database|read-only file system": Sentence("it can only be read"),
    "unable to open database file": Sentence("it cannot be opened"),
    "disk I/O error|input/output error": Sentence("the disk reports an error"),
    r"no such table:? ?'?(?P<table>[\w.]{1,60})": Sentence("its table {table} is missing"),
    "out of memory|cannot allocate|malloc of size|bad_alloc": Sentence("there is not enough memory for it"),
    "permission denied|must be owner": Sentence("the user that runs the program may not"),
    "no such file or directory": Sentence("it is not there"),
    "password (authentication failed|required)|no password supplied": Sentence("the password is wrong, or missing"),
    "connection refused|could not (connect|translate)|timeout expired": Sentence("the server does not answer"),
    r"database \"(?P<name>[^\"]{1,60})\" does not exist": Sentence("there is no database '{name}'"),
    r"(could not|can't) (parse|load) .*(url|plugin)": Sentence("the address is none of a database"),
    "bad crc|crc (error|mismatch)|invalid checksum|checksum mismatch": CRC,
    "is encrypted|password required|bad password": Sentence("it is locked by a password"),
    "compression (type|method)|unsupported compression": Sentence("it is packed in a way that cannot be unpacked here"),
    "truncated|unexpected end|end-of-stream|unexpected eof|eof when|EOFError|premature end|failed to fill": CUT,
    "magic bytes not found|smaller than the minimum file footer": CUT,
    r"no item named '?(?P<member>[^']{1,80})'? in the archive": Sentence("'{member}' is missing in it"),
    "file not found: |specified file not found": Sentence("a part of it is missing"),
    "while decompressing|decompress|corrupt (snappy|input)|inflate|deflate|lz4|zstd|zlib": SQUEEZED,
    "bad magic number|bad offset|corrupt zip|central directory|local file header": Sentence(
        "its list of contents is damaged"
    ),
    "not a zip file|invalid zip|could not find (the )?(EOCD|central)|zip error": NO_ARCHIVE,
    r"\bxml (syntax )?error|error .{0,20}\bxml\b|mismatched tag|not well-formed|no element found": Sentence(
        "its XML is damaged"
    ),
    "thrift|page header|dictionary page|invalid column metadata": Sentence("what it says of its columns is damaged"),
    "not recognized as .*supported file format|cannot detect file format|unknown file format": Sentence(
        "it is no file of any known format"
    ),
    "layer .*(could not|cannot|failed|not found|does not exist)|could not open layer": Sentence(
        "a layer of it cannot be read"
    ),
    "(invalid|corrupt|malformed|bad|unexpected) .{0,20}(geometry|wkb)|parseexception": Sentence(
        "a shape in it is damaged"
    ),
    r"expected (?P<expected>\d+) fields in line (?P<line>\d+), saw (?P<saw>\d+)": Sentence(
        "line {line} has {saw} cells, and the heading {expected}"
    ),
    r"eof inside string starting at row (?P<row>\d+)": Sentence("a quotation mark in row {row} is not closed"),
    "no columns to parse": Sentence("it is empty"),
    r"'(?P<encoding>[\w-]+)' codec can't decode .* in position (?P<place>\d+)": Sentence(
        "byte {place} is no {encoding}"
    ),
    r"(unterminated character set|unterminated subpattern|missing \)).*position (?P<place>\d+)": Sentence(
        "the bracket at sign {place} is not closed"
    ),
    r"unbalanced parenthesis.*position (?P<place>\d+)": Sentence("the bracket at sign {place} was never opened"),
    r"(nothing to repeat|multiple repeat).*position (?P<place>\d+)": Sentence("the sign at {place} repeats nothing"),
    r"bad (escape|character range).*position (?P<place>\d+)": Sentence("what stands at sign {place} is not known"),
    r"^(ring )?self-intersection\[(?P<place>[^\]]{1,80})\]": Sentence("its border crosses itself at {place}"),
    r"^(hole lies outside|holes are nested|nested holes).*\[(?P<place>[^\]]{1,80})\]": Sentence(
        "a hole does not lie within its border, at {place}"
    ),
    r"^nested shells\[(?P<place>[^\]]{1,80})\]": Sentence("one of its parts lies within another, at {place}"),
    r"^duplicate rings\[(?P<place>[^\]]{1,80})\]": Sentence("a border stands in it twice, at {place}"),
    r"^interior is disconnected\[(?P<place>[^\]]{1,80})\]": Sentence("holes cut it in pieces, at {place}"),
    "too few points|at least [234] (coordinates|points|coordinate tuples)|requires more points": Sentence(
        "a line or border has too few points"
    ),
    "invalid coordinate|non-finite|could not convert string to float|inhomogeneous|must be (a )?real number"
    "|same dimension|(float|number) is required|object is not (iterable|subscriptable)": Sentence(
        "a coordinate is no number"
    ),
    "unknown geometry type|'?type'?$": Sentence("its kind is not known"),
}
