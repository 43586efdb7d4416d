"""A text file is read in the encoding it was written in, or refused: never in another, in silence."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.chinese_text import is_chinese
from data.importing.reading.encodings import decoded, guesses
from data.importing.reading.tables import read_table
from data.importing.text_encodings import ENCODINGS, encoding_named
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, PLUM, csv_bytes, write_csv

ANY = Layout("any", "any.toml", ("csv", "geojson"), (), looking=True)
WORDS = {
    "gb18030": "编号 名称 地址 梅苑 港湾里 磨坊 住宅 西乡街道 碧海湾花园 "
    "幸福社区 张三 李四 公寓 城中村 合计 经度 是 否",
    "big5": "編號 名稱 地址 大安區復興南路 信義路 臺北市 新莊 板橋 "
    "高雄市苓雅區 社區 花園 住宅 經度 緯度 王小明 林口 梅苑",
    "shift_jis": "梅ハイツ 東京都 港区 芝公園 住所 名前 さくら荘 建物 大阪市 横浜 田中 鈴木 渋谷 コーポ 番地 ﾊｲﾂ ｻｸﾗ",
    "euc-jp": "梅ハイツ 東京都 港区 住所 名前 さくら荘 建物 大阪市 横浜 "
    "田中 鈴木 京都府 札幌 渋谷 青山 緑町 コーポ 番地",
    "euc-kr": "서울 서울특별시 강남구 테헤란로 매화 아파트 주소 이름 부산 "
    "해운대 김철수 대구 인천 수원 건물 경도 행복 빌라 마포",
    "windows-1252": "Müller Straße Montréal Hôtel São Calçada Résidence Große "
    "Ødegård Besançon Málaga Zürich naïve ÉTÉ à é",
    "windows-1250": "Łódź Kraków Wrocław Žižkov Česká náměstí Győr Szőlő Poznań Świętokrzyska Dvořák Říčany",
    "windows-1251": "код имя адрес Дом улица Ленина Москва Пушкина "
    "Иванов Петербург проспект Мира здание Киев долгота широта",
    "windows-1253": "Αθήνα Θεσσαλονίκη Οδός Πατησίων Κτίριο Όνομα Διεύθυνση Πειραιάς",
    "windows-1254": "İstanbul Şişli Beyoğlu Çankaya Üsküdar Kadıköy Ağrı Iğdır",
    "windows-1255": "תל אביב ירושלים רחוב הרצל בניין כתובת שם חיפה",
    "windows-1256": "القاهرة شارع مبنى عنوان اسم الرياض جدة محمد دبي",
    "windows-874": "กรุงเทพ ถนนสุขุมวิท อาคาร ชื่อ ที่อยู่ เชียงใหม่ บางกอก ภูเก็ต",
    "koi8-r": "код имя адрес Дом улица Ленина Москва Пушкина Иванов проспект Мира здание долгота широта этаж квартира",
    "utf-8": "梅苑 编号 서울 東京 Müller улица Αθήνα ירושלים القاهرة กรุงเทพ ﾊｲﾂ",
}
HEADINGS = {
    "gb18030": "编号,名称,经度",
    "big5": "編號,名稱,經度",
    "euc-kr": "코드,이름,경도",
    "shift_jis": "コード,名前,経度",
}


@st.composite
def files(draw) -> tuple[str, str]:
    """An encoding and a small CSV in words that are written in it, with headings in Latin letters or its own."""
    encoding = draw(st.sampled_from(sorted(WORDS)))
    words = draw(st.lists(st.sampled_from(WORDS[encoding].split()), min_size=1, max_size=12))
    heading = draw(st.sampled_from(["code,name,lon", HEADINGS.get(encoding, "id,name,x")]))
    rows = [f"B{number},{word},113.9" for number, word in enumerate(words)]
    return encoding, "\n".join([heading, *rows]) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=400)
@given(files())
@example(("euc-kr", "code,name\n1,호\n"))
@example(("euc-jp", "code,name\n1,田中\n"))
@example(("big5", "code,name\n1,梅苑\n"))
@example(("windows-1252", "code,name\n1,é\n"))
def test_a_text_is_never_read_wrongly_in_silence(file):
    encoding, text = file
    data = text.encode(ENCODINGS[encoding])
    try:
        read = decoded("x.csv", data)
    except FileRefused as refused:
        assert encoding != "utf-8" and "say 'encoding'" in str(refused)
    else:
        assert read == text
    assert decoded("x.csv", data, encoding) == text


@settings(max_examples=200)
@given(st.lists(st.sampled_from(WORDS["gb18030"].split()), min_size=1, max_size=12), st.booleans())
def test_chinese_in_gb18030_is_read_without_a_word_however_short(words, has_heading):
    rows = [f"B{number},{word}" for number, word in enumerate(words)]
    text = "\n".join([*(["编号,名称"] if has_heading or len(words) < 4 else []), *rows])
    assert decoded("x.csv", text.encode("gb18030")) == text


def test_rare_names_do_not_make_a_chinese_file_doubtful():
    text = "编号,姓名,地址\n1,张喆,潞城街道\n2,李祎,亳州市\n3,陈堃,漕湖\n4,𠮷野,垚鑫大厦\n"
    assert decoded("x.csv", text.encode("gb18030")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_that_are_certain_give_the_same_buildings(desk, encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path = desk.folder / "buildings.csv"
    path.write_bytes(mark + csv_bytes(CAST, encoding))
    assert desk.hand_in(BUILDINGS, path).notes == ()
    assert desk.building(HARBOUR).name == "Harbour Row 港湾里"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("big5", "大安區"),
        ("Shift_JIS", "さくら荘"),
        ("EUC-KR", "서울"),
        ("latin-1", "Müllerhaus"),
        ("cp1251", "Ленина"),
    ],
)
def test_a_mapping_says_the_encoding(desk, said, text):
    path = write_csv(desk.folder / "buildings.csv", [PLUM | {"name": text, "use": ""}], said)
    with pytest.raises(FileRefused, match="neither UTF-8 nor GB18030 for certain"):
        desk.hand_in(BUILDINGS, path)
    desk.hand_in(BUILDINGS.replace("\n[city]", f'\nencoding = "{said}"\n\n[city]', 1), path)
    assert desk.building(PLUM).name == text


@pytest.mark.parametrize(
    ("data", "stated", "words"),
    [
        ("编号,名称\n1,梅苑".encode()[:-1], None, "the text (utf-8) is cut off in its last character"),
        ("编号,名称\n1,梅苑".encode("utf-8-sig")[:-2], None, "the text (utf-8) is cut off"),
        ("编号,名称\n1,梅苑".encode("gb18030")[:-1], None, "the text (gb18030) is cut off"),
        ("编号,名称\n1,梅苑".encode("utf-16")[:-1], None, "the text (utf-16) is cut off"),
        ("編號\n大安區".encode("big5")[:-1], "big5", "the text (big5) is cut off"),
        ("编号,名称,地址\n1,".encode() + b"\xff,\n", None, "UTF-8, but line 2 holds bytes that are none"),
        ("編號\n名稱\n".encode("big5"), "gb18030", "line 2 holds a character that does not exist"),
        ("name\ncafé\n".encode("latin-1"), "utf-8", "line 2 holds bytes that are no utf-8"),
        ("名称\n梅苑\n".encode(), "gb18030", "'encoding' says gb18030, and the text is UTF-8"),
        ("名称\n梅苑\n".encode("utf-16-le"), None, 'say encoding = "utf-16-le"'),
        ("名称\n梅苑\n".encode("utf-16-be"), None, 'say encoding = "utf-16-be"'),
    ],
)
def test_a_text_that_does_not_fit_its_encoding_is_refused_by_name(data, stated, words):
    layout = Layout("any", "any.toml", ("csv",), (), encoding=stated)
    with pytest.raises(FileRefused) as refused:
        read_table("x.csv", data, layout)
    assert words in str(refused.value)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from([None, *ENCODINGS]))
def test_no_bytes_break_the_reading_of_a_text(data, stated):
    try:
        assert isinstance(decoded("x.csv", data, stated), str)
    except FileRefused as refused:
        assert str(refused).endswith(".") and "\n" not in str(refused)


def test_what_an_encoding_may_be_is_guessed_by_a_library():
    for encoding in ("big5", "shift_jis", "euc-kr", "windows-1251"):
        text = "\n".join(WORDS[encoding].split())
        assert encoding in guesses(text.encode(ENCODINGS[encoding])), encoding


def test_private_use_characters_prove_that_a_text_is_no_gb18030():
    assert is_chinese("编号,名称,地址,经度") and not is_chinese("编号,名称,地址,经度\ue6bd")


def test_encodings_are_known_by_the_names_people_use():
    said = [
        "GBK",
        "gb2312",
        "cp936",
        "Latin-1",
        "ISO-8859-1",
        "cp1252",
        "UTF8",
        "utf_8_sig",
        "sjis",
        "cp949",
        "TIS-620",
    ]
    assert [encoding_named(one) for one in said] == [
        *["gb18030"] * 3,
        *["windows-1252"] * 3,
        *["utf-8"] * 2,
        "shift_jis",
        "euc-kr",
        "windows-874",
    ]
    assert encoding_named("rot13") is None and encoding_named("no\0such") is None


def test_geojson_in_gb18030_is_read_too():
    feature = '{"type": "Feature", "properties": {"名称": "港湾街道"}, "geometry": null}'
    text = f'{{"type": "FeatureCollection", "features": [{feature}]}}'
    table = read_table("x.geojson", text.encode("gb18030"), ANY)
    assert table.frame.to_dict("records") == [{"名称": "港湾街道"}]
