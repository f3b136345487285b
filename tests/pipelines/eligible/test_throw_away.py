from pipelines.store import sql


def test_a_name_below_a_throw_away_domain_is_one(db):
    db.run(
        "CREATE OR REPLACE TABLE lead AS SELECT unnest(['x.com', 'a.x.com', 'b.a.x.com', 'ax.com',"
        " 'x.com.firm.org', 'y.co.uk', NULL]) AS email_domain"
    )
    found = db.frame(sql("pipelines.eligible", "throw_away.sql"), listed=["x.com", "z.net"])
    assert sorted(found["domain"]) == ["a.x.com", "b.a.x.com", "x.com", "z.net"]
