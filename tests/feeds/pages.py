"""Article pages as sites write them, with what surrounds an article."""

from __future__ import annotations

TITLE = "Ministry drafts rule on chip exports"
SUMMARY = "A new text is out."
PARAGRAPHS = (
    (
        "China's commerce ministry published a draft rule on chip exports on Monday and asked "
        "companies for comment until the middle of May."
    ),
    (
        "Under the text, makers of lithography parts would need a licence for each shipment. "
        "Officials said that the list would be reviewed twice a year."
    ),
    (
        "Lawyers in Shanghai expect few exceptions. One trade group asked for more time to answer, "
        "since many of its members had learnt of the plan from the newspaper."
    ),
)
CHINESE_TITLE = "商务部就芯片出口管制条例公开征求意见"
CHINESE = (
    "商务部周一公布了芯片出口管制条例的征求意见稿，并请各企业在五月中旬之前提出意见。",
    "根据草案，光刻机零部件的制造商每次向境外发货都须事先申请许可证，清单每半年审查一次。",
    "上海的律师认为例外情况不会很多。一家行业协会希望延长期限，因为不少会员刚刚得知这一计划。",
)
NORWEGIAN_TITLE = "Stortinget vedtar forbud mot TikTok på tjenestetelefoner"
NORWEGIAN = (
    "Stortinget vedtok tirsdag et forbud mot TikTok på tjenestetelefoner for ansatte i staten.",
    "Forbudet gjelder fra første mai, og også kommunene blir bedt om å følge de samme reglene.",
    "Flere ansatte sier at de alt har fjernet appen, etter råd fra sikkerhetsmyndighetene i fjor.",
)


def article(title: str, paragraphs: tuple[str, ...], *, head: str = "", lang: str = "en") -> str:
    """Write a page: menus, a cookie note, an article, related links, a foot."""
    text = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(8))
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head>{head}<title>{title} - Harbour</title>"
        "<script>var tracker = 'x < y';</script></head><body>"
        f"<header><nav><ul>{menu}</ul></nav></header>"
        "<div class='cookie-banner'>We use cookies. <button>Accept</button></div>"
        f"<main><article><h1>{title}</h1><div class='byline'>By A Writer</div>{text}</article>"
        "<aside><h3>Related</h3><ul><li><a href='/a'>Ten pies to bake</a></li></ul></aside></main>"
        "<footer><p>Copyright Harbour</p></footer></body></html>"
    )
