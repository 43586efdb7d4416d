"""Names of the invented district. Every street is listed; the rest is put together from the words below."""

from collections.abc import Iterator
from itertools import count

import numpy as np

DISTRICT = ("示范区", "Demonstration District")
DISTRICT_CODE = "990001"  # 99 begins no real district's code
LEVEL_NAMES = {
    "district": {"zh": "区", "en": "District"},
    "street": {"zh": "街道", "en": "Street"},
    "community": {"zh": "社区", "en": "Community"},
    "grid": {"zh": "网格", "en": "Grid"},
}
STREETS = (
    ("望潮", "Wangchao"), ("临海", "Linhai"), ("青榕", "Qingrong"), ("归帆", "Guifan"), ("鹭洲", "Luzhou"),
    ("琴溪", "Qinxi"), ("云麓", "Yunlu"), ("竹岭", "Zhuling"), ("荔坡", "Lipo"), ("星塘", "Xingtang"),
)  # fmt: skip
FIRST = {
    "榕": "Rong", "荔": "Li", "鹭": "Lu", "帆": "Fan", "潮": "Chao", "稻": "Dao", "蔗": "Zhe", "蕉": "Jiao",
    "柚": "You", "竹": "Zhu", "枫": "Feng", "棠": "Tang", "蚝": "Hao", "渔": "Yu", "橘": "Ju", "藕": "Ou",
    "雁": "Yan", "蝶": "Die", "槐": "Huai", "苇": "Wei",
}  # fmt: skip
SECOND = {
    "围": "wei", "塘": "tang", "涌": "chong", "岗": "gang", "埔": "pu", "厦": "xia", "岭": "ling", "陂": "bei",
    "坪": "ping", "洲": "zhou", "寮": "liao", "垌": "dong", "畔": "pan", "桥": "qiao",
}  # fmt: skip
REAL = {"蕉岭", "蚝涌", "荔塘", "雁洲", "竹洲", "橘洲"}  # too near to places that exist
SIDES = {"": "", "上": "Shang", "下": "Xia", "东": "Dong", "西": "Xi", "新": "Xin"}
VILLAGE_ENDS = ("新村", "旧村", "一村", "老围", "二村", "北村", "南村", "三村", "东村", "西村")
ESTATE_STARTS = ("青榕", "海韵", "云麓", "听潮", "锦帆", "翠岭", "鹭鸣", "星湾", "琴溪", "荔景", "澜庭", "和风")
ESTATE_ENDS = ("花园", "苑", "雅居", "家园", "名庭", "华庭", "豪庭", "新城", "里", "台")
ROADS = ("临海大道", "鹭洲大道", "云麓快速路", "归帆路", "琴溪大道", "青榕路", "望潮大道", "荔坡大道", "竹岭路")
ROADS_EN = (
    "Linhai Avenue", "Luzhou Avenue", "Yunlu Expressway", "Guifan Road", "Qinxi Avenue", "Qingrong Road",
    "Wangchao Avenue", "Lipo Avenue", "Zhuling Road",
)  # fmt: skip
MAIN_ROADS = tuple(zip(ROADS, ROADS_EN, strict=True))
SEA = ("望潮湾", "Wangchao Bay")
RESERVOIRS = (
    ("云麓水库", "Yunlu Reservoir"), ("青榕水库", "Qingrong Reservoir"), ("竹岭水库", "Zhuling Reservoir"),
    ("星塘湖", "Xingtang Lake"),
)  # fmt: skip
HILLS = (
    ("云麓山", "Yunlu Hills"), ("竹岭山", "Zhuling Hills"), ("凤栖岭", "Fengqi Ridge"), ("听松山", "Tingsong Hill"),
    ("荔坡山", "Lipo Hill"), ("观澜岗", "Guanlan Knoll"), ("望帆山", "Wangfan Hill"), ("鹭鸣山", "Luming Hill"),
    ("晴川岭", "Qingchuan Ridge"), ("石榴岗", "Shiliu Knoll"),
)  # fmt: skip
ROAD_FIRST = {
    "海": "Hai", "星": "Xing", "云": "Yun", "琴": "Qin", "松": "Song", "梅": "Mei", "兰": "Lan", "桂": "Gui",
    "锦": "Jin", "和": "He", "安": "An", "宁": "Ning", "康": "Kang", "文": "Wen", "明": "Ming", "晴": "Qing",
    "朝": "Zhao", "新": "Xin", "秀": "Xiu", "景": "Jing",
}  # fmt: skip
ROAD_SECOND = {
    "华": "hua", "丰": "feng", "泰": "tai", "兴": "xing", "乐": "le", "福": "fu", "平": "ping", "园": "yuan",
    "波": "bo", "霞": "xia", "月": "yue", "林": "lin", "泉": "quan", "城": "cheng", "阳": "yang", "瑞": "rui",
}  # fmt: skip
ROAD_SIDES = {"": "", "东": "East ", "西": "West ", "南": "South ", "北": "North "}
PROJECT_STARTS = ("安居", "乐居", "和居", "海居", "青年", "人才", "望海", "榕荫", "晴川", "朝晖", "知行", "润泽")
PROJECT_ENDS = ("苑", "居", "家园", "花园", "公寓", "里", "庭", "坊", "新村", "雅筑", "轩", "湾")
OPERATORS = ("示范区住房保障中心", "示范区安居集团", "示范区公共住房运营有限公司")


def street_names(count: int) -> list[tuple[str, str]]:
    """Chinese and English names; beyond the ten listed, a side is put before."""
    sides = [("", ""), *((zh, en) for zh, en in SIDES.items() if zh), *((c, SECOND[c].title()) for c in SECOND)]
    every = [(a + zh, b + (en.lower() if b else en)) for a, b in sides for zh, en in STREETS]
    return every[:count]


def place_names(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Names of communities, each once, in an order drawn at random."""
    pairs = [(a + b, FIRST[a] + SECOND[b]) for a in FIRST for b in SECOND if a + b not in REAL]
    for zh, en in SIDES.items():
        for row in rng.permutation(len(pairs)):
            name = pairs[row]
            yield zh + name[0], (en + name[1].lower() if en else name[1])


def road_names(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Names of lesser roads, each once, in an order drawn at random, then with their sides and numbers."""
    pairs = [(a + b, ROAD_FIRST[a] + ROAD_SECOND[b]) for a in ROAD_FIRST for b in ROAD_SECOND]
    order = rng.permutation(len(pairs))
    for number in count(1):
        for side_zh, side_en in ROAD_SIDES.items():
            for row in order:
                zh, en = pairs[row]
                nth = "" if number == 1 else str(number)
                yield f"{zh}{side_zh}{nth}路", f"{side_en}{en} Road{nth and ' ' + nth}"
