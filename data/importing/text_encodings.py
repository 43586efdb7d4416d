"""The encodings a text file may come in, by the names a mapping's 'encoding' and the screen say."""

import codecs
from collections.abc import Mapping

ENCODINGS: Mapping[str, str] = {  # name → codec, the widest of those called so
    "utf-8": "utf-8-sig",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "windows-1252": "cp1252",
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
    "windows-1257": "cp1257",
    "windows-1258": "cp1258",
    "windows-874": "cp874",
    "koi8-r": "koi8_r",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}
ALSO_CALLED: Mapping[str, str] = {
    **dict.fromkeys(("gbk", "gb2312", "cp936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("latin-1", "iso-8859-1", "ascii", "ansi"), "windows-1252"),
    **dict.fromkeys(("tis-620", "iso-8859-11"), "windows-874"),
    **dict.fromkeys(("cp950", "big5-hkscs"), "big5"),
    **dict.fromkeys(("shift-jis", "sjis", "ms932"), "shift_jis"),
    "uhc": "euc-kr",
}


def encoding_named(said: str) -> str | None:
    """Our name of the encoding somebody calls so, None where there is none here."""
    name = said.strip().lower()
    if name in ENCODINGS:
        return name
    if name in ALSO_CALLED:
        return ALSO_CALLED[name]
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return _BY_CODEC.get(codec) or ALSO_CALLED.get(codec)


_BY_CODEC = {codecs.lookup(codec).name: name for name, codec in ENCODINGS.items()} | {"utf-8": "utf-8"}
