"""Developments of one week of July 2022, told in our own words, and digests made of them.

The events are real; the publishers are invented.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from techwatch.digests.compose import Beside, compose
from techwatch.model import (
    AlertRule,
    Burst,
    Correction,
    Coverage,
    Development,
    Digest,
    Edition,
    EmergingName,
    EntityKind,
    Fact,
    FeedHealth,
    Followed,
    OtherSource,
    SightedItem,
    Source,
    Verdict,
)

SLOT = datetime(2022, 7, 22, 5, 0, tzinfo=UTC)  # 07:00 in Oslo
SINCE = SLOT - timedelta(days=7)
EDITION = Edition(
    id="weekly",
    title="China technology policy, weekly",
    schedule="0 7 * * fri",
    zone="Europe/Oslo",
    channels=("folder",),
)
COERCION = ("warned", "under inquiry", "under orders", "fined", "restricted or listed", "banned")
LAW_MAKING = ("proposed", "draft out for comment", "passed", "in force", "enforced or tightened")
JOURNAL = Source(
    id="wsj-2021-06",
    title="China's New Power Play: More Control of Tech Companies' Troves of Data",
    publisher="The Wall Street Journal",
    date="2021-06",
)
BRIEF = Source(
    id="nupi-2021",
    title="Kinesisk digi-tek-politikk",
    publisher="Norwegian Institute of International Affairs (NUPI)",
    date="2021-autumn",
)
OP_ED = Source(
    id="chinawatch-2019-10-31",
    title="When a US tech blockade backfired",
    publisher="China Watch",
    date="2019-10-31",
)


def development(name: str, **changes: object) -> Development:
    """Return a plain development of Tencent, changed as told."""
    plain = Development(
        id=name,
        story_id=f"story-{name}",
        item_id=f"item-{name}",
        verdict=Verdict.NOVEL,
        score=0.5,
        entity_id="tencent",
        entity_name="Tencent",
        entity_kind=EntityKind.ACTOR,
        title=f"Tencent does {name}",
        link=f"https://news.example.org/{name}",
        publisher="Harbour Wire",
        language="en",
        published=SLOT - timedelta(hours=14),
        first_seen_at=SLOT - timedelta(hours=13),
        reason="The baseline has no such event.",
        event_label=None,
        track_label=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


DIDI = development(
    "didi",
    verdict=Verdict.ESCALATING,
    score=0.94,
    entity_id="didi",
    entity_name="Didi Chuxing",
    title="Regulator fines Didi 8.026 billion yuan for breaches of three data laws",
    link="https://harbour-wire.example/2022/07/21/didi-fine",
    published=datetime(2022, 7, 21, 8, 12, tzinfo=UTC),
    reason=(
        "A fine by the Cyberspace Administration goes beyond the orders that the baseline "
        "records; two executives are fined as well."
    ),
    event_label="fined",
    track_label="Coercion of an actor",
    ladder=COERCION,
    rung_before=2,
    rung_after=3,
    fact=Fact(
        entity_id="didi",
        text="Thirteen firms, Didi's finance arm among them, were told to tighten how they lend "
        "and use data, and agreed.",
        source="wsj-2021-06",
        date="2021-05",
        event_type="ordered",
        jurisdiction="cn",
    ),
    fact_source=JOURNAL,
    others=(
        OtherSource(
            "Nordlys Teknologi",
            "Didi må betale over åtte milliarder yuan",
            "https://nordlys.example/didi",
            "nb",
            datetime(2022, 7, 21, 10, 5, tzinfo=UTC),
        ),
        OtherSource(
            "华南通讯",
            "网信办对滴滴处以80.26亿元罚款",
            "https://huanan.example/0721/didi",
            "zh",
            datetime(2022, 7, 21, 8, 2, tzinfo=UTC),
        ),
        OtherSource("Ledger & Port", "Didi fined", "https://ledger.example/1", "en", None),
        OtherSource("Ledger & Port", "What Didi did", "https://ledger.example/2", "en", None),
    ),
)

OUTBOUND = development(
    "outbound",
    verdict=Verdict.ESCALATING,
    score=0.81,
    entity_id="data-security-law",
    entity_name="Data Security Law",
    entity_kind=EntityKind.LAW,
    title="《数据出境安全评估办法》公布，自9月1日起施行：达到规定数量的个人信息出境须先申报安全评估",
    link="https://huanan.example/0707/chujing",
    publisher="华南通讯",
    language="zh",
    published=datetime(2022, 7, 15, 23, 30, tzinfo=UTC),
    reason=(
        "The rules on sending data abroad, so far a draft, are final: from 1 September a security "
        "assessment comes before large transfers."
    ),
    event_label="passed",
    track_label="Law-making",
    ladder=LAW_MAKING,
    rung_before=1,
    rung_after=2,
    fact=Fact(
        entity_id="data-security-law",
        text="The law takes effect on 1 September 2021 and sorts private firms' data by its "
        "weight for the state.",
        source="wsj-2021-06",
        date="2021-06-10",
    ),
    fact_source=JOURNAL,
    earlier_title="《数据出境安全评估办法（征求意见稿）》公开征求意见",
)

HUAWEI = development(
    "huawei",
    score=0.77,
    entity_id="huawei",
    entity_name="Huawei",
    title="Washington looks into Huawei gear on masts near missile silos",
    link="https://harbour-wire.example/2022/07/21/huawei",
    published=datetime(2022, 7, 21, 14, 5, tzinfo=UTC),
    reason="An inquiry by the US Commerce Department is new: the baseline has none on this case.",
    event_label="under inquiry",
    track_label="Coercion of an actor",
    ladder=COERCION,
    rung_before=None,
    rung_after=1,
    fact=Fact(
        entity_id="huawei",
        text="Germany said that it would not rule Huawei out of its 5G networks.",
        source="chinawatch-2019-10-31",
        date="2019-10",
    ),
    fact_source=OP_ED,
    others=(OtherSource("Capitol Circuit", "Silos and masts", None, "en", None),),
)

SMIC = development(
    "smic",
    score=0.66,
    entity_id="smic",
    entity_name="SMIC",
    title="SMIC ships a chip that analysts put in the 7-nanometre class",
    link="https://ledger.example/smic-7nm",
    publisher="Ledger & Port",
    published=None,
    first_seen_at=datetime(2022, 7, 21, 17, 40, tzinfo=UTC),
    reason="A capability that the baseline does not credit the firm with.",
    event_label="capability shown",
    track_label="Technology",
    fact=Fact(
        entity_id="smic",
        text="SMIC is among China's large makers of components, a field that trails abroad.",
        source="nupi-2021",
        date="2021-autumn",
    ),
    fact_source=BRIEF,
)

GAMES = development(
    "games",
    verdict=Verdict.EASING,
    score=0.52,
    entity_id=None,
    entity_name="",
    entity_kind=None,
    title="Censors license 67 more video games after a long freeze",
    link="https://nordlys.example/spill",
    publisher="Nordlys Teknologi",
    published=datetime(2022, 7, 15, 9, 0, tzinfo=UTC),
    reason="Licences are given again; the step goes back behind the freeze.",
    event_label="licensed",
    track_label="Coercion of an actor",
    ladder=COERCION,
    rung_before=4,
    rung_after=None,
)

WEEK = (GAMES, SMIC, HUAWEI, OUTBOUND, DIDI)

WELL = tuple(FeedHealth(f"Feed {n}", f"https://feeds.example/{n}", "well") for n in range(1, 37))
COVERAGE = Coverage(
    feeds=(
        *WELL,
        FeedHealth(
            "Capitol Circuit",
            "https://capitol.example/rss",
            "failing",
            datetime(2022, 7, 19, 6, 20, tzinfo=UTC),
            "the server answered 503",
        ),
        FeedHealth(
            "信息安全周刊",
            "https://xinxi.example/feed",
            "failing",
            datetime(2022, 7, 21, 22, 0, tzinfo=UTC),
            "the name xinxi.example was not found",
        ),
        FeedHealth(
            "Fjord Policy Review",
            "https://fjord.example/atom",
            "silent",
            datetime(2022, 5, 3, 12, 0, tzinfo=UTC),
            "it used to publish every 3 days",
        ),
        FeedHealth("New Desk", "https://newdesk.example/rss", "waiting"),
        FeedHealth("Old Desk", "https://olddesk.example/rss", "paused"),
    ),
    items_seen=1204,
    items_judged=1204,
    by_verdict={
        Verdict.UNRELATED: 1121,
        Verdict.KNOWN: 74,
        Verdict.NOVEL: 4,
        Verdict.ESCALATING: 4,
        Verdict.EASING: 1,
    },
)
CALM = replace(
    COVERAGE,
    feeds=WELL,
    items_seen=311,
    items_judged=311,
    by_verdict={Verdict.UNRELATED: 296, Verdict.KNOWN: 15},
)


def digest(
    *developments: Development,
    edition: Edition = EDITION,
    coverage: Coverage = COVERAGE,
    since: datetime | None = SINCE,
) -> Digest:
    """Compose a digest of the week."""
    return compose(edition, SLOT, since, SLOT, developments, coverage)


def many(count: int) -> tuple[Development, ...]:
    """Return many developments: those of the week again and again, on four further actors."""
    names = ("ByteDance", "ZTE", "Alibaba", "Meituan")
    return tuple(
        replace(
            WEEK[n % 5],
            id=f"d{n}",
            score=round(0.95 - n * 0.01, 3),
            entity_id=names[n % 4].lower() if n >= 5 else WEEK[n % 5].entity_id,
            entity_name=names[n % 4] if n >= 5 else WEEK[n % 5].entity_name,
            link=f"https://news.example.org/{n}",
        )
        for n in range(count)
    )


HOSTILE = development(
    "hostile",
    verdict=Verdict.ESCALATING,
    score=0.99,
    entity_name="Tencent</h2><script>alert(1)</script>",
    title="<script>alert('x')</script><img src=x onerror=alert(1)> \u202egnp.exe " + "A" * 5000,
    link="javascript:alert(document.cookie)",
    publisher='"><style>*{display:none}</style>\r\nBcc: all@example.org',
    language='en" onmouseover="alert(1)',
    reason="{{ 7 * 7 }} {% include 'x' %} <!-- --> ]]> &lt;b&gt; " + "很" * 2000,
    earlier_title="</td></table><iframe src=https://evil.example></iframe>"
    + "Z\u0301\u0302\u0303\u0304\u0305" * 50,
    others=tuple(
        OtherSource(
            f"Copy {n} <b>",
            "<img src=https://evil.example/p.gif>",
            "data:text/html,<script>1</script>" if n % 2 else f"https://copy.example/{n}?a=1&b=2",
            "xx-" + "y" * 500 if n % 3 else "zh",
            None,
        )
        for n in range(400)
    ),
)

FOLLOW_UP = development(
    "didi-listing",
    verdict=Verdict.ESCALATING,
    score=0.7,
    entity_id="didi",
    entity_name="Didi Chuxing",
    title="Didi may not sign up new users until its apps pass a further review",
    reason="The review goes on after the fine; sign-ups stay closed.",
    follows=Followed("s0", "Didi's apps are taken out of the stores", SLOT - timedelta(days=9)),
    others=(
        OtherSource("Ledger & Port", "Sign-ups closed", "https://ledger.example/3", "en", None),
        OtherSource(
            "华南通讯", "滴滴暂停新用户注册", None, "zh", SLOT - timedelta(hours=2), "item-zh"
        ),
    ),
    last_told_at=SLOT - timedelta(hours=2),
)
ALERTED = development("alerted", title="Alerted at noon", alerted_at=SLOT - timedelta(hours=19))
CORRECTIONS = (
    Correction(
        "c1", "i1", "headline", SLOT - timedelta(days=1), "Ministry bans the app",
        Verdict.ESCALATING, "Ministry weighs a ban of the app", Verdict.ESCALATING,
        "https://news.example.org/c1", "Harbour Wire",
    ),
    Correction(
        "c2", "i2", "withdrawn", SLOT - timedelta(days=2), "Chip maker is listed",
        Verdict.ESCALATING, "Chip maker is listed", Verdict.KNOWN, None, "Harbour Wire",
    ),
)  # fmt: skip
BURSTS = (Burst("tiktok", "TikTok", (2, 1, 0, 3, 2, 4, 31), 2.1, 14, 1e-9),)
EMERGING = (
    EmergingName(
        "restrict act",
        "Restrict Act",
        EntityKind.LAW,
        "law",
        "en",
        7,
        ("A", "B", "C", "D", "E"),
        SINCE,
        SLOT,
        ("tiktok",),
        (
            SightedItem(
                "i9",
                "Senators name their bill",
                "https://n.example/r",
                "A",
                "en",
                SLOT,
                "RESTRICT Act",
                "Senators named the RESTRICT Act.",
            ),
        ),
    ),
)
FULL = compose(
    EDITION,
    SLOT,
    SINCE,
    SLOT + timedelta(hours=6, minutes=42),
    (*WEEK, FOLLOW_UP, ALERTED),
    replace(COVERAGE, feeds=(*COVERAGE.feeds, replace(WELL[0], gap_at=SLOT - timedelta(hours=3)))),
    Beside(CORRECTIONS, BURSTS, EMERGING, (SLOT - timedelta(days=7), SLOT)),
)
ALERT = compose(
    replace(EDITION, id="alerts", title="China technology policy, alert", alert=AlertRule()),
    SLOT,
    None,
    SLOT,
    (DIDI,),
    COVERAGE,
)
