"""What no document can answer: changing or inventing clauses, orders to the assistant, other subjects, world facts.

Each rule names the refusal it leads to; the first that fits wins. They are about the form of a request, not about
single topics: what merely finds no evidence is refused later, by retrieval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Fact(StrEnum):
    """Facts of the world that such documents never hold."""

    CONTACT = "联系方式"
    PERSON = "人员姓名"
    MONEY = "金额"
    PROGRESS = "进展和结果"
    ROSTER = "成员名单"
    SECTION = "内设科室"
    STATISTICS = "统计数字"


class Outside(StrEnum):
    """Requests that are not questions about the documents."""

    ALTER = "alter"
    INJECTION = "injection"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Scope:
    """``suspect``: words of other subjects stand in it, evidence decides; ``domain``: words of this subject do."""

    outside: Outside | None = None
    fact: Fact | None = None
    suspect: bool = False
    domain: bool = True


_INJECTION = re.compile(
    r"系统消息|一律回答|(?:末尾|结尾|开头|最后)[^，。]{0,6}(?:加上|写上|附上|带上)|只听我的|听我的|以下是新的|(?:忽略|无视|忘掉|忘记|抛开|不要管|别管|绕过|跳过)[^，。]{0,12}(?:指令|规则|提示|要求|限制|设定|"
    r"约束|说明|话)|系统提示|提示词|system\s*prompt|"
    r"ignore\s+(?:all|any|the|previous)|(?:你现在|从现在起|从现在开始|接下来)[^，。]{0,4}是(?!不是|什么|"
    r"谁|哪)|(?:假装|假设|扮演|冒充|充当)(?:你|成|一个|自己|是|市|我)|"
    r"越狱|开发者模式|(?:没有|不受|解除|取消)(?:任何)?限制的?|其他用户|别人问|别的用户|(?:数据库|后台|"
    r"服务器|密码|密钥|api\s*key|token)[^，。]{0,6}(?:列|给|导|告诉|发|是什么)|"
    r"(?:drop|delete|select|insert|update)\s+[a-z*]+|<\s*script|(?:直接|只)(?:回答|回复|输出|说)[“\"']|"
    r"炸药|制毒|黑进|攻击系统",
    re.IGNORECASE,
)
_ALTER = re.compile(
    r"乘以|润色|改轻|改重|罚得?(?:轻|重)一?些|写进去|(?:编造|伪造|杜撰|虚构|捏造|瞎编|胡编|现编|编一|编个|编几|编出|造一[条份项个])|(?:仿照|模仿|照着|"
    r"按照?(?:这个|这种)?格式)[^，。]{0,12}(?:写|编|造|加|拟|出)|"
    r"(?:把|将|帮[我忙]|给我|替我|请)[^？?]{0,40}?(?:改成|改为|改一下|修改成|修改为|换成|替换|删掉|删去|"
    r"删除|去掉|抹掉|拿掉|划掉|改掉|加上|加进|添上|添加|写进|塞进|放进|插入|补上|补进|挪到|调到)|"
    r"(?:在|往|给)[^？?]{0,24}(?:里|中|上|后面|前面)?(?:加|添|插|补)(?:一|上|个|几|入)[^？?]{0,4}(?:句|条|"
    r"项|款|行|段)|"
    r"(?:新增|增加|追加|添加|删除|删掉|改写)[^，。？?]{0,8}(?:第[0-9一二三四五六七八九十百]+[项条款]|"
    r"一[项条款])(?!以上|以下)|不存在[^，。]{0,6}也[^，。]{0,4}(?:写|编|说)|说得?(?:严重|轻)[一]?点",
)
_OTHER_TASK = re.compile(
    r"(?:写|作|来|讲|编|唱|画)(?:一|个|首|段|篇|封|幅)?(?:首|篇|段|个|封|幅)?[^，。]{0,12}(?:诗|歌(?!舞)|"
    r"小说|作文|情书|笑话|段子|故事|对联|祝福语|贺词|朋友圈|简历|画)|翻译成?|译成|"
    r"用(?:python|java|c\+\+|javascript|js)|python|写个?(?:程序|代码|脚本)|编程|排序算法|冒泡|数学题|"
    r"解方程|(?:你|您)(?:喜欢|多大|几岁|是男|是女|有感情)|(?:1|一)\s*[+加]\s*(?:1|一)等于",
    re.IGNORECASE,
)
_OTHER_SUBJECT = re.compile(
    r"天气|气温|会?下雨|下雪|股票|股市|基金|炒股|彩票|双色球|星座|运势|算命|菜谱|怎么做(?:菜|饭)|红烧|"
    r"好看的?(?:电影|电视剧)|明星|演唱会|球赛|世界杯|欧洲杯|足球|篮球|游戏(?:攻略|推荐)|"
    r"门票|景点推荐|攻略|酒店推荐|好吃|餐厅推荐|房价|买房|租房(?:子|合同)|装修报价|减肥|感冒|发烧|"
    r"吃什么药|头疼|失眠|相亲|恋爱|离婚|结婚|怀孕|"
    r"高考|考研|考公|申论|公务员考试|驾照|早上好|晚安|圆周率|总统|首都|手机(?:推荐|哪款)|电脑(?:推荐|"
    r"哪款)|打车|快递|外卖"
)
_DOMAIN = re.compile(
    r"培训|工人|老板|工厂|车间|干活|上岗|危险|爆炸|中毒|作业|施工|企业|公司|员工|班长|劳保|厂里|检查|安全|隐患|牵头|整治|事故|消防|责任|监管|执法|第[0-9一二三四五六七八九十百]+[项条]|部门|专委会|应急|"
    r"法律|规定|处罚|罚款|工地|矿|燃气"
)
_GREETING = re.compile(
    r"^(?:你好|您好|hi|hello|在吗|在不在|谢谢|多谢|辛苦了|再见|好的|嗯|ok)[呀啊吗呢!！。.~]*$", re.IGNORECASE
)
_FACTS: tuple[tuple[Fact, re.Pattern[str]], ...] = (
    (
        Fact.CONTACT,
        re.compile(
            r"电话|号码|手机号|联系方式|联系人|邮箱|传真|网址|官网|微信号|办公地点|办公地址|在哪(?:儿|里)?办公|地址"
        ),
    ),
    (
        Fact.PERSON,
        re.compile(
            r"(?:哪位|哪个|哪一位|哪名)(?:市|县|区|局|副)?(?:领导|局长|市长|主任|同志|书记)|(?:局长|市长|主任|"
            r"书记|组长|科长|支队长|负责人)(?:现在)?(?:是|叫)(?:谁|什么|哪)|谁(?:签发|当|担任|任)|姓名|(?:领导|主任|局长|书记|负责人|市长)叫什么|"
            r"由谁(?:担任|签发|兼任)|(?:主任|组长|局长|市长|书记)由谁"
        ),
    ),
    (
        Fact.ROSTER,
        re.compile(
            r"(?:有|是|包括)(?:哪些|哪几[家个]|多少[家个]?)(?:成员单位|成员)|(?:成员单位|成员|组成单位|组成人员)[^，。？?]{0,8}(?:有哪些|是哪些|哪几|名单|都有谁|有谁|包括|多少|"
            r"几家|几个|列)|名单(?:给|发|列|是|有)|(?:有多少|有几)[家个](?:成员|单位)"
        ),
    ),
    (Fact.SECTION, re.compile(r"(?:哪个|哪些|什么|几个)(?:科室|处室|科|股室|股)|内设机构|(?:科室|股室)(?:管|负责)")),
    (
        Fact.PROGRESS,
        re.compile(
            r"(?:完成|落实|进展|推进|整改|执行|开展)(?:得|的)?(?:情况)?(?:怎么样|怎样|好不好|了没|了吗|到哪一?步|"
            r"到什么)|进展|进度|(?:目前|截至|截止目前|到现在|现在|已经)[^，。？?]{0,14}(?:多少|几[个家起栋处项人]|"
            r"了没|了吗|完成率)|完成率|达标率|排名|第几名|得分|考了多少|打分|得了多少|结果(?:怎么样|如何|出来)|"
            r"查出(?:了)?多少|整改了多少|通报了(?:哪|谁|几|多少)|处理了(?:谁|几|多少)"
        ),
    ),
    (
        Fact.STATISTICS,
        re.compile(
            r"(?:上个?月|昨天|今天|上周|前天|最近|刚刚)[^，。]{0,8}(?:哪|多少|几|谁)|哪[家个](?:企业|公司|厂|工厂)(?:被|没|有没有|违法|出事)|(?:发生|出)了?(?:多少|几)(?:起|次|回)|(?:死|伤|亡)了?(?:多少|几)人?|(?:多少|"
            r"几)(?:起)(?:生产安全)?事故|(?:全市|我市|宜春|市里|全县|我县|市区)[^，。？?]{0,10}(?:有|共有|一共有|"
            r"总共)(?:多少|几)(?:家|个|座|处|人|辆|栋|户|公里|名)|(?:一共|总共|共)有?(?:多少|几)(?:家|座|处|辆|栋|"
            r"户|公里|所)"
        ),
    ),
    (
        Fact.MONEY,
        re.compile(
            r"(?:花|用|投入|投资|拨|补助|安排)了?(?:多少|几)|预算|经费(?:多少|是多少|有多少|从哪|由谁)|"
            r"多少(?:经费|资金|投资|预算|补助)|资金(?:多少|有多少|从哪)|工资(?:多少|是多少)|补贴多少|奖金(?:多少|是多少)"
        ),
    ),
)


def scope(text: str) -> Scope:
    """Read the form of a request; both fields are ``None`` for an ordinary question."""
    if _INJECTION.search(text):
        return Scope(Outside.INJECTION)
    if _ALTER.search(text):
        return Scope(Outside.ALTER)
    if _OTHER_TASK.search(text):
        return Scope(Outside.OFF_TOPIC)
    fact = next((fact for fact, pattern in _FACTS if pattern.search(text)), None)
    return Scope(None, fact, bool(_OTHER_SUBJECT.search(text)), bool(_DOMAIN.search(text)))


def is_greeting(text: str) -> bool:
    return bool(_GREETING.match(text.strip()))
