"""The organisation register: names, aliases, groups, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import docs_folder
from index.errors import CorpusError, RegisterError
from index.organisations import UNCONFIRMED, Register, load_register

REGISTER = load_register(docs_folder() / "organisations.toml")

COUNTIES = "袁州区 丰城市 樟树市 高安市 奉新县 万载县 上高县 宜丰县 靖安县 铜鼓县".split()
ZONES = ["宜春经济技术开发区管委会", "宜阳新区管委会", "明月山风景名胜区管委会"]

BUREAU = """
[[organisation]]
name = "{name}"
full = "某市{name}"
aliases = [{aliases}]
kind = "department"
level = "municipal"
source = "test"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "organisations.toml"
    path.write_text(text, encoding="utf-8")
    return path


def bureau(name: str, *aliases: str) -> str:
    return BUREAU.format(name=name, aliases=", ".join(f'"{alias}"' for alias in aliases))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("住建局", "市住建局"),
        ("市住房和城乡建设局", "市住建局"),
        ("宜春市住房和城乡建设局", "市住建局"),
        ("建设局", "市住建局"),
        ("城管局", "市综合行政执法局"),
        ("教育局", "市教体局"),
        ("市教育局", "市教体局"),
        ("教体局", "市教体局"),
        ("安监局", "市应急管理局"),
        ("市安监局", "市应急管理局"),
        ("应急局", "市应急管理局"),
        ("安委办", "市安委会办公室"),
        ("安委会", "市安委会"),
        ("消防专委会", "市安委会消防安全生产委员会"),
        ("燃气专委会", "市安委会城市运行安全生产委员会"),
        ("经开区", "宜春经济技术开发区管委会"),
        ("宜阳新区", "宜阳新区管委会"),
        ("明月山", "明月山风景名胜区管委会"),
        ("交警", "市公安局交警支队"),
        ("消防队", None),
        ("文旅局", "市文广新旅局"),
        ("发改委", "市发改委"),
        ("工信局", "市工信局"),
        ("各县(市、区)", "各县(市、区)政府"),
        ("各县（市、区）人民政府", "各县(市、区)政府"),
        ("“三区”", "“三区”管委会"),
        ('"三区"管委会', "“三区”管委会"),
        ("专委会", "各安全生产委员会"),
        ("市各安全生产委员会", "各安全生产委员会"),
        ("公安部门", None),
        ("火星局", None),
    ],
)
def test_aliases_resolve(words: str, name: str | None) -> None:
    """What staff and papers write, in any width and quotation marks; nothing is guessed."""
    assert REGISTER.canonical(words) == name


def test_ten_counties_and_three_zones() -> None:
    """Each county answers to its name, its government's name and its full name; the groups hold exactly them."""
    governments = [f"{county}政府" for county in COUNTIES]
    assert set(REGISTER.group_by_name["各县(市、区)政府"].members) == set(governments)
    assert {o.name for o in REGISTER.organisations if o.level == "county"} == set(governments)
    for county in COUNTIES:
        for words in (county, f"{county}政府", f"{county}人民政府"):
            assert REGISTER.canonical(words) == f"{county}政府"
    assert set(REGISTER.group_by_name["“三区”管委会"].members) == set(ZONES)
    assert {o.name for o in REGISTER.organisations if o.level == "zone"} == set(ZONES)
    assert set(REGISTER.group_by_name["各地"].members) == {*governments, *ZONES}


def test_every_form_finds_its_own_entry() -> None:
    """Nothing an entry lists is shadowed by another: each form, alone in a text, is found whole."""
    for one in REGISTER.organisations:
        for form in (one.name, one.full, *one.aliases):
            assert [(m.name, m.words) for m in REGISTER.find(form)] == [(one.name, form)]
    for group in REGISTER.groups:
        for form in (*group.words, *group.aliases):
            assert [(m.name, m.words, m.is_group) for m in REGISTER.find(form)] == [(group.name, form, True)]


def test_former_names_tell_that_they_are_former() -> None:
    """市安监局 leads to its successor and says so; the successor's own name says nothing of the kind."""
    old, new = REGISTER.find("市安监局、市应急管理局")
    assert (old.name, new.name) == ("市应急管理局", "市应急管理局")
    assert old.predecessor is not None
    assert old.predecessor.predecessor == "市安监局"
    assert new.predecessor is None
    assert [s.predecessor for s in REGISTER.former_names("市教体局")] == ["市教育局"]


def test_longest_name_wins() -> None:
    """市公安局交警支队 is not 市公安局, nor is a committee 市安委会 or 丰城市政府 市政府."""
    text = "市公安局交警支队、市安委会消防安全生产委员会、丰城市政府、市安委会办公室"
    assert [m.words for m in REGISTER.find(text)] == text.split("、")


def test_documents_are_read_without_aliases() -> None:
    """县(市、区) in 对县(市、区)党政领导干部 is no party; a question may say it."""
    assert REGISTER.find("对县(市、区)党政领导干部开展培训", spoken=False) == []
    assert [m.name for m in REGISTER.find("县(市、区)要做什么")] == ["各县(市、区)政府"]
    assert [m.words for m in REGISTER.find("推动市住建局落实", spoken=False)] == ["市住建局"]


def test_ordinary_words_are_no_organisations() -> None:
    """Short names inside other words: 提高安全, 以上高危, 县城管网, 直辖市人民政府."""
    assert REGISTER.find("提高安全水平,以上高危企业,县城管网改造,员工信息,直辖市人民政府") == []


def test_mentions_keep_the_place_in_the_original() -> None:
    """Full width, odd quotation marks and blanks fold away, but the span is where the words stand."""
    text = '请 各县（市、区）政府、"三区"管委会 办理'
    assert [m.span.of(text) for m in REGISTER.find(text)] == ["各县（市、区）政府", '"三区"管委会']


@given(
    st.lists(st.sampled_from(sorted(REGISTER.spoken_forms)), max_size=5), st.text(alphabet="的和、，（ “", max_size=3)
)
def test_find_is_ordered_exact_and_without_overlap(forms: list[str], joint: str) -> None:
    """Any mixture of forms: mentions come left to right, do not overlap, and their words are the text."""
    text = joint.join(forms)
    end = 0
    for mention in REGISTER.find(text):
        assert mention.span.of(text) == mention.words
        assert end <= mention.span.start < mention.span.end
        assert REGISTER.canonical(mention.words) == mention.name
        end = mention.span.end


def test_every_fact_has_a_source() -> None:
    """A source is a document of the corpus, or the words that say that none confirms it."""
    sourced = (REGISTER.organisations, REGISTER.groups, REGISTER.successions, REGISTER.hosts, REGISTER.parts)
    for fact in (fact for facts in sourced for fact in facts):
        assert UNCONFIRMED in fact.source or fact.source.startswith("yichun-2023-work-plan "), fact


def test_what_the_plan_does_not_name_is_unconfirmed(docs: Path) -> None:
    """An organisation whose name the paper never writes carries no other source, nor does a host."""
    paper = (docs / "yichun-2023-work-plan.txt").read_text(encoding="utf-8")
    in_notice = {"宜阳新区管委会"}  # 宜阳新区、明月山风景名胜区管委会
    for one in REGISTER.organisations:
        if one.name not in paper and one.name not in in_notice:
            assert one.source == UNCONFIRMED, one.name
    assert [host.source for host in REGISTER.hosts] == [UNCONFIRMED]


@pytest.mark.parametrize(
    ("wider", "name", "expected"),
    [
        ("市住建局", "市住建局", True),
        ("市住建局", "市公安局", False),
        ("各地", "袁州区政府", True),
        ("各地", "各县(市、区)政府", True),
        ("各县(市、区)政府", "各地", False),
        ("各有关部门", "市住建局", True),
        ("各有关部门", "袁州区政府", False),
        ("市县应急部门", "市应急管理局", True),
        ("市县应急部门", "各有关部门", False),
        ("各级党委、政府和部门单位", "各有关部门", True),
        ("火星局", "市住建局", False),
    ],
)
def test_covers(wider: str, name: str, expected: bool) -> None:
    """What the wider words must do falls on every member, on a narrower group, and on nobody outside."""
    assert REGISTER.covers(wider, name) is expected


def test_memberships_and_possible_groups_are_apart() -> None:
    """A listed member is never also a possible one; a department belongs to open groups only possibly."""
    assert "各县(市、区)政府" in REGISTER.memberships("袁州区政府")
    assert REGISTER.memberships("市住建局") == {}
    assert "各有关部门" in REGISTER.may_bind("市住建局")
    for one in REGISTER.organisations:
        assert REGISTER.memberships(one.name).keys().isdisjoint(REGISTER.may_bind(one.name))
    assert REGISTER.may_bind("火星局") == {}


def test_hosts_and_parts() -> None:
    """市安委会办公室 is hosted by 市应急管理局; 交警支队 is part of 市公安局."""
    assert [h.body for h in REGISTER.hosted_by("市应急管理局")] == ["市安委会办公室"]
    assert [h.host for h in REGISTER.host_of("市安委会办公室")] == ["市应急管理局"]
    assert [p.unit for p in REGISTER.parts_of("市公安局")] == ["市公安局交警支队"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (bureau("市甲局", "甲局") + bureau("市乙局", "甲局"), "甲局"),
        (bureau("市甲局", "甲 局") + bureau("市乙局", "甲局"), "甲局"),
        (bureau("市甲局") + bureau("市甲局"), "市甲局|重复"),
        (bureau("市甲局") + '[[host]]\nbody = "市甲局"\nhost = "市丙局"\nsource = "x"\n', "市丙局"),
        (bureau("市甲局") + '[[part]]\nunit = "市丙局"\nof = "市甲局"\nsource = "x"\n', "市丙局"),
        (bureau("市甲局") + '[[county_bureau]]\nsuffix = "丙局"\ncounterpart = "市丙局"\n', "市丙局"),
        ('[[group]]\nname = "各局"\nwords = ["各局"]\nmembers = ["市丙局"]\nsource = "x"\n', "市丙局"),
        (
            '[[succession]]\npredecessor = "市丙局"\nsuccessor = "市丁局"\nrelation = "x"\nsource = "x"\n',
            "市丁局",
        ),
        (bureau("各局") + '[[group]]\nname = "各局"\nwords = []\nmembers = []\nsource = "x"\n', "重复"),
        ('[[organisation]]\nname = "市甲局"\n', "字段"),
        (bureau("市甲局") + "phone = 110\n", "字段"),
        (bureau("市甲局").replace("aliases = []", 'aliases = "甲局"'), "aliases"),
        (bureau("市甲局").replace('"department"', "1"), "kind"),
        ('organisation = ["市甲局"]\n', "市甲局"),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Two meanings of one form, unknown references, missing, unknown or mistyped fields: the error names them."""
    with pytest.raises(RegisterError, match=message):
        load_register(write(tmp_path, text))


def test_a_small_register_loads(tmp_path: Path) -> None:
    """The same entries without the mistake are accepted, so the refusals above are for the mistakes."""
    register = load_register(write(tmp_path, bureau("市甲局", "甲局") + bureau("市乙局", "乙局")))
    assert [register.canonical(words) for words in ("甲局", "乙 局", "丙局")] == ["市甲局", "市乙局", None]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error says which file is missing and what to do."""
    with pytest.raises(CorpusError, match=r"缺少数据文件 organisations\.toml") as caught:
        load_register(tmp_path / "organisations.toml")
    assert caught.value.remedy


@pytest.mark.parametrize("content", [b"[[organisation]\n", b"name = \xff\n"])
def test_a_malformed_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Broken TOML and broken UTF-8 are the file's fault and reported so."""
    path = tmp_path / "organisations.toml"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"organisations\.toml 无法读取"):
        load_register(path)


def test_an_empty_register_knows_nothing() -> None:
    """No entry, no mention: the parsers then go by endings alone."""
    empty = Register((), (), (), (), (), ())
    assert empty.find("市住建局落实") == []
    assert empty.canonical("市住建局") is None
