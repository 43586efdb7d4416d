"""One word for one thing: words that were given up for a better one, and stand nowhere any more."""

import re
import tomllib
from collections.abc import Iterator

import pytest

from dashboard.i18n import sentences
from tests.dashboard.i18n.test_typography import ROOT, SOURCES

SAY_INSTEAD = {
    "走访": "巡查",
    "检查员": "巡查员",
    "检查记录": "巡查记录",
    "谁去检查": "巡查人员差异",
    "全部区域": "不限",
    "起始分": "基本分",
    "转递": "转办",
    "从未": "尚未",
    "限级": "等级上限",
    "分界": "等级分数线",
    "代价": "整改难度",
    "我们": "本系统",
    "本产品": "本系统",
    "本系统设定": "本系统约定",
    "回测": "历史回溯检验",
    "变好": "升级",
    "变差": "降级",
    "失去评定": "不再评定",
    "点名": "提示",
    "无辜": "正常",
    "照抄": "雷同",
    "着色": "设色",
    "叠加标记": "叠加图层",
    "读取方式": "导入模板",
    "映射": "导入模板",
    "历次导入": "导入记录",
    "统一登录": "统一身份认证",
    "可见范围": "数据范围",
    "旧密码": "原密码",
    "一刻钟": "15分钟",
    "点选": "选中",
    "检查表": "检查清单",
    "审计记录": "审计日志",
    "事实“": "事项",
    "房源": "公租房",
    "空房": "空闲公租房",
    "次序": "顺序",
    "协调世界时": "the city's own time",
}
IN_ENGLISH = {
    r"Marks on top": "Overlays",
    r"\bKey\b": "Priority",
    r"\bStayed\b": "Unchanged",
    r"\b[Mm]end(ed|s|ing)?\b": "fix",
    r"\bkeepers?\b": "landlord",
    r"[“”‘’]": "straight quotes, as curly ones come from the Chinese font, with a wide gap",
}


def english_of_rules() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "scoring" / "rules").rglob("*.toml")):
        for name in tomllib.loads(file.read_text(encoding="utf-8")).get("grade", ()):
            yield f"{file.relative_to(ROOT)}", name["name"]["en"]


@pytest.mark.parametrize("source", SOURCES)
def test_chinese_words_that_were_given_up_stand_nowhere(source):
    texts, _ = SOURCES[source]
    wrong = [
        f"{where}: {old}, say {better}: {text}"
        for where, text in texts()
        for old, better in SAY_INSTEAD.items()
        if old in text
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_english_words_that_were_given_up_stand_nowhere():
    texts = [*sentences("en").items(), *english_of_rules()]
    assert len(texts) > 700
    wrong = [
        f"{where}: {old}, say {better}: {text}"
        for where, text in texts
        for old, better in IN_ENGLISH.items()
        if re.search(old, text)
    ]
    assert not wrong, "\n" + "\n".join(wrong)
