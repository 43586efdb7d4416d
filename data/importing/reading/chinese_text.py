"""Whether a text is Chinese as people write it, or the bytes of something else that happen to decode as GB18030.

GB18030 gives a character for almost any two bytes, so that decoding proves nothing. What tells is which characters
come out: of real text nearly all are common ones, of foreign bytes they are drawn from the whole table by chance.
"""

import math
import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

COMMON = Path(__file__).with_name("common_hanzi.txt")  # 1,300 of the 3,755 of the first level of GB 2312
COMMON_HANGUL = frozenset(
    "가강개거건경고곡공과관광교구국군금기길김나남내노단당대덕도동두라람래로록룡리림마만망매면명목무문미민바박방배백번법병보복봉부북"
    "분비빌사산삼상서석선설성세소속송수시신아안양어여역연영오옥온완외용우운울원월위유율은의이인일임자작장재전점정제조종주중지진"
    "차창천철청초촌최추축충층코크타탄태택터테토통트특파판평포표풍하학한해행향허현호홍화황회효흥희름란"
)
JAPANESE_FORMS = frozenset("園東県浜駅沢滝崎荘広島桜条町階戸館蔵鉄渋宮崎塚郷薬師")  # written otherwise in China
FOREIGN = frozenset(("Co", "Cn", "Cs"))  # private use and unassigned: nobody has typed these
KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
RUNS = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
BETWEEN_LETTERS = re.compile("(?<=[A-Za-z])[\u3400-\u9fff](?=[a-z])")
SECOND_LEVEL = 0xD8  # first byte in GB 2312 from which characters are ordered by radical, and rare
LOOKED_AT = 2**18  # characters; enough for any share
# log of how much likelier a character of that kind is in Chinese text than among foreign bytes
WEIGHTS = {"common": math.log(0.88 / 0.32), "first": math.log(0.08 / 0.45), "second": math.log(0.035 / 0.2)}
WEIGHTS["beyond"] = math.log(0.005 / 0.3)  # outside GB 2312, in GBK
WEIGHTS["four bytes"] = 0.0  # as rare in names as by chance
LAST_EVERYDAY_KANJI = 0xCF  # first byte in EUC-JP of the last of the first level of JIS X 0208
WHOLE_CELLS = frozenset(  # words that stand alone in cells; a cell of foreign bytes is hardly ever one of them
    ("是", "否", "有", "无", "男", "女", "编号", "编码", "名称", "地址", "经度", "纬度", "序号", "日期", "时间", "姓名")
)
WHOLE_CELL = 1.5
LETTERS_AROUND = -2.0  # one character within a Latin word: an accented letter and its neighbour
CERTAIN = 2.0  # a sum of weights that is evidence enough: two common characters and nothing against them
IN_SPITE = 6.0  # where the bytes make sense in another language too


def is_chinese(text: str) -> bool:
    """Whether a text decoded as GB18030 was written in it."""
    if any(unicodedata.category(sign) in FOREIGN for sign in set(text)):
        return False
    start = text[:LOOKED_AT]
    words = set(RUNS.findall(start))
    signs = sum(not sign.isascii() for sign in set(start))
    if not words:
        return _is_punctuation(start)
    if len(set(KANA.findall(start))) > 0.1 * signs:
        return False
    evidence = _evidence(words) + LETTERS_AROUND * len(set(BETWEEN_LETTERS.findall(start)))
    return evidence >= CERTAIN and (evidence >= IN_SPITE or not _is_korean_or_japanese(words))


def _is_punctuation(text: str) -> bool:
    """Whether what is not ASCII are full-width letters and the signs of Chinese writing alone."""
    return all("\u3000" <= sign <= "\u3011" or "\uff01" <= sign <= "\uff5e" for sign in text if not sign.isascii())


def _evidence(words: Collection[str]) -> float:
    evidence = sum(WEIGHTS[_kind(sign)] for word in words for sign in word)
    return evidence + WHOLE_CELL * len(WHOLE_CELLS & set(words))


def _kind(sign: str) -> str:
    if sign in _common():
        return "common"
    try:
        return "second" if sign.encode("gb2312")[0] >= SECOND_LEVEL else "first"
    except UnicodeEncodeError:
        return "beyond" if len(sign.encode("gb18030")) == 2 else "four bytes"


def _is_korean_or_japanese(words: Collection[str]) -> bool:
    data = ",".join(sorted(words)).encode("gb18030")
    syllables, kanji = _signs(data, "cp949"), _signs(data, "euc_jp")
    is_everyday_japanese = all(sign.encode("euc_jp")[0] <= LAST_EVERYDAY_KANJI for sign in kanji)
    return _mostly(syllables, COMMON_HANGUL) or (is_everyday_japanese and _mostly(kanji, _common() | JAPANESE_FORMS))


def _signs(data: bytes, encoding: str) -> set[str]:
    try:
        return set(data.decode(encoding)) - {","}
    except UnicodeDecodeError:
        return set()


def _mostly(signs: Collection[str], common: Collection[str]) -> bool:
    return bool(signs) and sum(sign in common for sign in signs) >= len(signs) / 2


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8")) - {"\n"}
