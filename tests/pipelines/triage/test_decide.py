import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.settings.selection import SelectionSettings, ValueSettings, Worker
from pipelines.store.schema import CHANNELS
from pipelines.triage import Lane, decide, lanes_of
from tests.oracles.lists import best_total, is_allowed, may
from tests.pipelines.triage.people import DUPLICATE_BIT, fill_store, listed_rows, one_store

PERSON = st.fixed_dictionaries(
    {
        "probability": st.sampled_from([0.01, 0.02, 0.02, 0.5]),
        "raw_score": st.sampled_from([-2.0, -1.0, 0.0]),
        "open": st.sets(st.sampled_from(CHANNELS[:4])),
        "assisted_channel": st.sampled_from([None, None, "phone"]),
        "email": st.sampled_from([None, "a@gmail.com", "A@gmail.com", "b@x.example"]),
        "phone": st.sampled_from([None, None, "+311", "+312"]),
        "mobile": st.sampled_from([None, None, "+311", "+313"]),
        "company": st.sampled_from([None, None, "Acme GmbH", "acme"]),
        "country": st.sampled_from([None, "NL"]),
        "street": st.sampled_from([None, "Kade 1"]),
        "postal_code": st.just("1000"),
        "last_name": st.sampled_from([None, "Bos"]),
        "region": st.sampled_from(["NL", "DE"]),
        "language": st.sampled_from([None, "nl", "de"]),
    }
)
LANES = st.lists(
    st.fixed_dictionaries(
        {
            "channel": st.sampled_from(["email", "phone", "sms"]),
            "handler": st.sampled_from(["human", "ai"]),
            "quota": st.integers(1, 3),
            "cost": st.sampled_from([0.0, 1.5, 3.0]),
        }
    ),
    max_size=3,
    unique_by=lambda lane: (lane["channel"], lane["handler"]),
)
WORKER = {"name": "Anna", "minutes": 30.0, "languages": ("nl",)}
ANNAS = [
    {"channel": channel, "handler": "human", "cost": cost, "worker": WORKER, "minutes": minutes,
     "quota": int(30 / minutes)}
    for channel, minutes, cost in (("phone", 12.0, 2.0), ("email", 7.0, 0.5))
]  # fmt: skip
LIMITS = st.lists(
    st.sampled_from(
        [
            {"by": "region", "is": "NL", "per_day": 1, "channel": None},
            {"by": "region", "per_day": 2, "channel": None},
            {"by": "language", "per_day": 1, "channel": "email"},
        ]
    ),
    max_size=2,
)


def _lane(data):
    worker = data.get("worker")
    return Lane(
        data["channel"],
        data["handler"],
        data["quota"],
        data["cost"],
        Worker(**worker) if worker else None,
        data.get("minutes", 0.0),
    )


def _limit(data):
    what = {"each": data["per_day"]} if "is" not in data else data
    kept = {name: what[name] for name in ("is", "per_day", "each") if name in what}
    return {"channel": data["channel"], "by": data["by"], **kept}


def _numbered(people, value):
    return [
        p
        | {
            "person_key": key,
            "value": p["probability"] * (1.0 if value is None else value),
            "must": "human" if p["assisted_channel"] else None,
        }
        for key, p in enumerate(people)
    ]


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(PERSON, max_size=6),
    lanes=LANES,
    has_anna=st.booleans(),
    limits=LIMITS,
    value=st.sampled_from([None, 100.0]),
    cap=st.sampled_from([1, 2]),
)
def test_no_list_is_worth_more(people, lanes, has_anna, limits, value, cap):
    """Conflicting caps, limits and minutes: exactly what trying every list finds."""
    people = _numbered(people, value)
    lanes = lanes + (ANNAS if has_anna else [])
    lanes.sort(key=lambda lane: lane["handler"] != "human")
    limits = [
        limit
        | {
            "lanes": [
                n for n, lane in enumerate(lanes) if limit["channel"] in (None, lane["channel"])
            ]
        }
        for limit in limits
    ]
    caps = {"company": cap, "household": cap, "phone_number": 1}
    chosen = SelectionSettings(limits=[_limit(one) for one in limits], caps=caps)
    with one_store() as db:
        fill_store(db, people)
        result = decide(
            db,
            run_id="r",
            lanes=[_lane(lane) for lane in lanes],
            value=ValueSettings(per_conversion=value),
            chosen=chosen,
        )
        rows = listed_rows(db)
        lane_of = {(x["channel"], x["handler"], (x.get("worker") or {}).get("name")): n
                   for n, x in enumerate(lanes)}  # fmt: skip
        choice = [None] * len(people)
        for key, row in rows.items():
            choice[key] = lane_of[row["channel"], row["handler"], row["assignee"]]
            assert may(people[key], lanes[choice[key]])
        assert is_allowed(people, lanes, limits, caps, choice)
        found = sum(row["expected_value"] for row in rows.values())
        expected = best_total(people, lanes, limits, caps, costs_count=value is not None)
        assert found == pytest.approx(expected, abs=1e-9)
        # conservation: everybody is decided, once
        assert sum(result.verdicts.values()) == len(people)
        assert db.scalar("SELECT count(*) FROM decision") == len(people)
        assert sum(result.listed.values()) == len(rows)
        assert dict(db.frame("SELECT assignee, listed FROM capacity_worker").rows()) == (
            {"Anna": sum(row["assignee"] == "Anna" for row in rows.values())} if has_anna else {}
        )


def _alike(count, **more):
    return [
        {
            "person_key": key,
            "probability": 0.1,
            "raw_score": 0.0,
            "open": {"email", "phone"},
            "region": "NL",
            **more,
        }
        for key in range(count)
    ]


def _decided(db, people, lanes, **how):
    fill_store(db, people)
    decide(db, run_id="r", lanes=lanes, value=how.pop("value", None), **how)
    return listed_rows(db)


def test_among_equals_tonights_order_decides_and_people_get_the_best(db):
    people = _alike(40)
    people[17]["raw_score"] = 1.0  # of the same plateau of the calibration
    rows = _decided(db, people, [Lane("email", "ai", 5), Lane("phone", "human", 3)])
    assert sorted(rows, key=lambda key: rows[key]["rank"]) == [17, 0, 1, 2, 3, 4, 5, 6]
    assert [key for key, row in rows.items() if row["handler"] == "human"] == [0, 1, 17]


def test_without_a_score_the_stated_order_is_kept(db):
    people = _alike(30, probability=None)
    for key, person in enumerate(people):
        person["raw_score"] = -float(key % 7)
    rows = _decided(db, people, [Lane("email", "ai", 6)])
    assert sorted(rows) == [0, 1, 7, 14, 21, 28]
    assert all(row["expected_value"] is None for row in rows.values())


def test_what_one_handler_cannot_use_the_other_serves(db):
    people = _alike(3, open={"phone"}) + [p | {"person_key": 9} for p in _alike(1, open={"email"})]
    rows = _decided(
        db, people, [Lane("phone", "human", 2), Lane("phone", "ai", 1), Lane("email", "ai", 1)]
    )
    assert len(rows) == 4


def test_who_needs_a_person_waits_for_one(db):
    people = _alike(4)
    for person in people[:3]:
        person["assisted_channel"] = "phone"
    rows = _decided(db, people, [Lane("email", "ai", 9), Lane("phone", "human", 1)])
    assert {key: row["handler"] for key, row in rows.items()} == {0: "human", 3: "ai"}
    assert db.frame("SELECT person_key, rule, must FROM route_rule ORDER BY 1").rows() == [
        (key, "assisted_channel", "human") for key in range(3)
    ]


def test_a_lead_is_worth_what_the_first_rule_says(db):
    people = _alike(5)
    people[0]["lead_source"] = "Fair"
    people[1]["region"] = "DE"
    db.run("CREATE TABLE lead_custom_s (lead_key BIGINT, deal VARCHAR)")
    db.run("INSERT INTO lead_custom_s VALUES (2, '70.5'), (3, '-4'), (4, 'much')")
    value = ValueSettings(
        per_conversion=10,
        rules=[
            {"by": "lead_source", "is": "fair", "worth": 50},
            {"column": "deal"},
            {"by": "region", "is": ["DE", "FR"], "worth": 20},
        ],
    )
    rows = _decided(db, people, [Lane("email", "ai", 9, 0.25)], value=value)
    found = {key: round(row["expected_value"], 9) for key, row in rows.items()}
    assert found == {0: 4.75, 1: 1.75, 2: 6.8, 3: 0.75, 4: 0.75}
    assert sorted(rows, key=lambda key: rows[key]["rank"]) == [2, 0, 1, 3, 4]


def test_a_value_from_a_column_that_nobody_has_is_refused(db):
    value = ValueSettings(per_conversion=10, rules=[{"column": "nowhere"}])
    with pytest.raises(UsageError, match="nowhere"):
        _decided(db, _alike(1), [Lane("email", "ai", 9)], value=value)


def test_who_is_not_worth_the_contact_is_not_listed(db):
    people = _alike(3)
    people[1]["probability"] = 0.001
    value = ValueSettings(per_conversion=10)
    rows = _decided(db, people, [Lane("email", "ai", 9, 0.5)], value=value)
    assert sorted(rows) == [0, 2]
    verdicts = db.frame("SELECT lead_key, verdict FROM decision ORDER BY 1")["verdict"].to_list()
    assert verdicts == ["listed", "not_worth_cost", "listed"]


def test_without_a_model_costs_do_not_count_though_a_value_is_set(db):
    value = ValueSettings(per_conversion=10)
    people = _alike(3, probability=None)
    assert sorted(_decided(db, people, [Lane("email", "ai", 9, 7.0)], value=value)) == [0, 1, 2]


def test_a_lane_that_the_best_cannot_fill_finds_its_own(db, monkeypatch):
    """Finnish speakers stand at the end of the order, far below whom the lanes could take."""
    monkeypatch.setattr("pipelines.triage.pool._SPARE", 5)
    people = _alike(400)
    for person in people[390:]:
        person["language"] = "fi"
        person["probability"] = 0.01
    chosen = SelectionSettings(people=[{"name": "Aino", "minutes": 24, "languages": ["FI"]}])
    lanes = lanes_of({"email": {"ai": 4}, "phone": {"human": 50}}, ValueSettings(), chosen)
    assert [(lane.channel, lane.quota) for lane in lanes] == [("phone", 2), ("email", 4)]
    rows = _decided(db, people, lanes, chosen=chosen)
    assert {key for key, row in rows.items() if row["assignee"] == "Aino"} == {390, 391}
    capacity = db.frame("SELECT channel, handler, quota, listed FROM capacity ORDER BY 1").rows()
    assert capacity == [("email", "ai", 4, 4), ("phone", "human", 2, 2)]


def test_a_limit_lets_others_through(db, monkeypatch):
    monkeypatch.setattr("pipelines.triage.pool._SPARE", 5)
    people = _alike(400)
    for person in people[380:]:
        person["region"] = "DE"
        person["probability"] = 0.01
    limit = {"channel": "email", "by": "region", "is": "NL", "per_day": 2}
    rows = _decided(db, people, [Lane("email", "ai", 6)], chosen=SelectionSettings(limits=[limit]))
    assert sorted(rows) == [0, 1, 380, 381, 382, 383]
    assert db.frame("SELECT value, per_day, listed FROM capacity_limit").rows() == [
        ("nl", 2, 2),
    ]


def test_a_duplicate_says_so_and_is_never_listed(db):
    fill_store(db, _alike(1, open={"email"}))
    db.run("INSERT INTO lead BY NAME SELECT 1 AS lead_key, 's' AS source_system, 'x' AS source_id")
    db.run("INSERT INTO dedupe_link VALUES (1, 0, 'email', NULL)")
    decide(db, run_id="r", lanes=[Lane("email", "ai", 5)], value=None)
    row = db.frame("SELECT * FROM decision WHERE lead_key = 1").to_dicts()[0]
    assert (row["verdict"], row["route"], row["is_eligible"]) == ("duplicate", "none", False)
    assert row["email_reasons"] == 1 << DUPLICATE_BIT


def test_a_number_is_called_for_one_person_a_night_whatever_the_cap(db):
    people = _alike(3, phone="+311")
    lanes = [Lane("phone", "human", 3), Lane("email", "ai", 3)]
    rows = _decided(db, people, lanes, chosen=SelectionSettings(caps={"phone_number": 2}))
    assert {key: row["channel"] for key, row in rows.items()} == {0: "phone", 1: "email"}


def test_a_mailbox_is_one_however_it_is_spelt(db):
    spelt = ["ann.lee@gmail.com", "annlee@gmail.com", "annlee+x@gmail.com", "bo@firm.example"]
    fill_store(
        db,
        [
            {"person_key": key, "probability": 0.5 - key / 100, "raw_score": 0.0,
             "open": {"email"}, "email": address}
            for key, address in enumerate(spelt)
        ],
    )  # fmt: skip
    decide(db, run_id="r", lanes=[Lane("email", "ai", 4)], value=None)
    assert sorted(listed_rows(db)) == [0, 3]


def test_an_unknown_lane_is_refused():
    with pytest.raises(UsageError, match="no lane"):
        Lane("fax", "ai", 1)
