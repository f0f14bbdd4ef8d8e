"""Words that say of their neighbour that it is a name. Facts of language, not of the baseline."""

from __future__ import annotations

import re

# What stands beside a company's name. Patterns as in techwatch.phrases.
LEGAL_FORMS = (
    "inc", "incorporated", "corp", "corporation", "co ltd", "ltd", "limited", "plc", "llc", "gmbh",
    "asa", "group", "holding(s)?", "technolog(y|ies)", "compan(y|ies)", "firm", "selskapet",
    "konsernet", "公司", "集团", "控股", "股份", "科技", "企业",
)  # fmt: skip

# What companies and authorities have and do, and what is done to them.
ROLES = (
    "ceo", "cfo", "cto", "chief executive", "founder", "cofounder", "chairman", "chairwoman",
    "spokes(man|woman|person)", "share(s|holder|holders)?", "stock(s)?", "ipo", "investor(s)?",
    "revenue(s)?", "profit(s)?", "earnings", "supplier(s)?", "factor(y|ies)", "subsidiar(y|ies)",
    "user(s)?", "platform(s)?", "app(s)?", "regulator(s)?", "antitrust", "watchdog",
    "maker(s)?", "manufacturer(s)?", "produsent(en)?", "制造商", "厂商",
    "acquisition(s)?", "merger(s)?", "takeover(s)?", "layoff(s)?", "lawsuit(s)?", "market value",
    "aksje(r|n|ne)?", "sjef(en|er)?", "gründer(en)?", "bruker(e|ne)?", "tilsyn(et)?",
    "børsnotering(en)?", "oppkjøp(et)?", "首席执行官", "创始人", "合伙人",
    "董事长", "总裁", "发言人", "股价", "股票", "上市", "财报", "营收", "用户", "平台", "监管",
    "反垄断", "发布", "推出", "手机", "汽车", "芯片", "高管", "员工", "被罚", "下架",
    "约谈", "证监会", "摘牌", "退市", "市值", "持股", "股东", "收购", "融资", "裁员", "大模型",
    "起诉", "电商",
)  # fmt: skip

# What follows somebody: a genitive, a verb, a model number. For folded text, at the name's end.
OWNS_OR_DOES = re.compile(
    r"'s?(?!\w)"
    r"| (?:say|said|is|was|has|had|will|would|may|might|could|can|to|plan|want|seek|sue|face|"
    r"unveil|launch|announce|confirm|deny|denie|agree|report|warn|fix|freeze|halt|ban|buy|sell|"
    r"open|raise|invest|join|lose|win|pay|remove|add|sier|vil|har|er|skal|kan)(?:e?s|e?d)?(?!\w)"
    r"|[a-z]{1,4}\d|回应|宣布|称|旗下|将|拟|被|遭|获|退出|裁员"
)

# Tags of feeds that are about the field, so that a weak name in them is likelier to be meant.
FIELD_TAGS = frozenset(
    {"technology", "china", "security", "semiconductors", "ai", "export-control", "platforms"}
)

# What stands between two names in a list.
BETWEEN_NAMES = re.compile(r"[,;、和与及]?|, | and | og | & |, and ")
