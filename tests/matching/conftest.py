from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import (
    Baseline,
    DescribedName,
    Entity,
    EntityKind,
    FalseFriend,
    Name,
    Relation,
    Vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

ACTOR, LAW, PLACE = EntityKind.ACTOR, EntityKind.LAW, EntityKind.PLACE


def entity(
    entity_id: str,
    *names: str,
    kind: EntityKind = ACTOR,
    entity_type: str = "company",
    country: str = "cn",
    false_friends: Sequence[str] = (),
    described: Sequence[DescribedName] = (),
    product_of: str | None = None,
    tied_to: str | None = None,
) -> Entity:
    """Make an entity; names end in flags: `Ant?` weak, `CAC!` exact case, `Sony~` no typos."""
    relations = [Relation("product_of", product_of)] if product_of else []
    relations += [Relation("founder_of", tied_to)] if tied_to else []
    return Entity(
        entity_id,
        kind,
        entity_type,
        names[0].rstrip("?!~") if names else entity_id,
        tuple(map(name, names)),
        tuple(FalseFriend(text, "something else") for text in false_friends),
        tuple(described),
        country=country,
        relations=tuple(relations),
    )


def name(written: str) -> Name:
    text = written.rstrip("?!~")
    flags = written[len(text) :]
    language = "en" if text.isascii() else "zh"
    return Name(text, language, "?" in flags, "!" in flags, "~" not in flags)


CURBS = ("export control(s)?", "export curb(s)?", "curb(s|ed)? on chip(s)?", "出口管制")
ENTITIES = (
    entity("huawei", "Huawei", "华为"),
    entity("zte", "ZTE!", "中兴通讯", "中兴?", false_friends=["高中兴趣", "中兴大学"]),
    entity("bytedance", "ByteDance", "字节跳动", "字节?", false_friends=["个字节"]),
    entity("tiktok", "TikTok", product_of="bytedance"),
    entity("wechat", "WeChat", "微信", product_of="tencent"),
    entity("alibaba", "Alibaba", "Alibaba Group", "阿里巴巴"),
    entity("tencent", "Tencent", "Tencent Holdings", "腾讯"),
    entity("baidu", "Baidu", "百度"),
    entity("tieba", "Baidu Tieba", "百度贴吧", product_of="baidu"),
    entity(
        "ant_group",
        "Ant Group",
        "Ant?",
        "蚂蚁集团",
        false_friends=["ant colony", "Ant-Man"],
        tied_to="alibaba",
    ),
    entity("jd", "JD.com", "JD!?", "京东", false_friends=["北京东部", "JD Vance"]),
    entity("boe", "BOE Technology~", "BOE!?", "京东方", false_friends=["BOE Governor"]),
    entity("tcl", "TCL!?", "TCL科技"),
    entity("lenovo", "Lenovo", "联想?"),
    entity("xiaomi", "Xiaomi", "小米?"),
    entity("meituan", "Meituan", "美团", false_friends=["欧美团队"]),
    entity("smic", "SMIC!", "Semiconductor Manufacturing International", "中芯国际"),
    entity("sina", "Sina", "新浪"),
    entity("grab", "Grab?", country="sg", false_friends=["grab a", "grab the"]),
    entity("apple", "Apple?", "苹果?", country="us", false_friends=["apple pie", "Big Apple"]),
    entity("oracle", "Oracle?", country="us", false_friends=["Oracle of Omaha"]),
    entity("google", "Google", "谷歌", country="us", false_friends=["Goole"]),
    entity("google_app_store", "Google Play", country="us", product_of="google"),
    entity("facebook", "Facebook", "Meta!?", country="us"),
    entity("openai", "OpenAI", country="us"),
    entity("xperia", "Xperia", country="jp"),
    entity("qualcomm", "Qualcomm", "高通", country="us"),
    entity(
        "cac", "Cyberspace Administration of China", "CAC!?", "网信办", false_friends=["CAC 40"]
    ),
    entity("mofcom", "Ministry of Commerce", "商务部", false_friends=["各地商务部门"]),
    entity("pboc", "People's Bank of China", "PBOC!", "中国人民银行"),
    entity("bank_of_china", "Bank of China", "中国银行"),
    entity("us_treasury", "US Treasury", "Treasury Department", country="us"),
    entity("jack_ma", "Jack Ma", "Mr. Ma?", entity_type="person", tied_to="alibaba"),
    entity("pony_ma", "Pony Ma", "Mr. Ma?", entity_type="person", tied_to="tencent"),
    entity("xi_jinping", "Xi Jinping", "Xi!?", "习近平", entity_type="person"),
    entity("donald_trump", "Donald Trump", "Trump", entity_type="person", country="us"),
    entity("trump_admin", "Trump administration", country="us", tied_to="donald_trump"),
    entity("us_entity_list", "Entity List", "实体清单", kind=LAW, country="us"),
    entity("uel", "Unreliable Entity List", "不可靠实体清单", kind=LAW),
    entity(
        "dsl", "Data Security Law", "DSL!?", "数据安全法", kind=LAW, false_friends=["DSL router"]
    ),
    entity("pipl", "Personal Information Protection Law", "PIPL!", kind=LAW),
    entity("tiktok_order", "TikTok executive order", kind=LAW, country="us"),
    entity(
        "export_controls",
        kind=LAW,
        country="us",
        described=[DescribedName((CURBS, ("=US", "Washington", "美国", "美方")), "en", 10)],
    ),
    entity("china", "China", "Chinese", "Beijing", "中国", "北京", kind=PLACE),
    entity("us", "United States", "US!", "Washington", "美国", kind=PLACE, country="us"),
)
TOPICS = ("chip(s)?", "semiconductor(s)?", "display panel(s)?", "personal data", "芯片", "数据")


@pytest.fixture(scope="session")
def baseline() -> Baseline:
    return Baseline(
        {e.id: e for e in ENTITIES}, {}, {}, {"en": Vocabulary("en", topics=TOPICS)}, {}, "0" * 12
    )


@pytest.fixture(scope="session")
def matcher(baseline: Baseline) -> Matcher:
    return Matcher(baseline, MatchingSettings())
