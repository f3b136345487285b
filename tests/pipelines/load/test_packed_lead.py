"""What the store reads from other columns stays what the files said, file after file."""

from datetime import timedelta

from pipelines.load import merge
from tests.pipelines.load.conftest import AT

FILES = [
    # a website that names the domain of the address; later only the address changes
    "source_id,email,website\n1,Jo@Acme.example,www.acme.example\n2,b@b.example,@b.example\n",
    "source_id,email\n1,jo@new.example\n",
    # the website alone, of leads whose addresses are in the store
    "source_id,website\n1,https://new.example/\n2,www.b.example\n",
    "source_id,email,website\n1,no address,www.b.example\n3,,c.example\n",
]
SAID = [
    [("1", "Jo@Acme.example", "www.acme.example"), ("2", "b@b.example", "@b.example")],
    [("1", "jo@new.example", "www.acme.example"), ("2", "b@b.example", "@b.example")],
    [("1", "jo@new.example", "https://new.example/"), ("2", "b@b.example", "www.b.example")],
    [
        ("1", "no address", "www.b.example"),
        ("2", "b@b.example", "www.b.example"),
        ("3", None, "c.example"),
    ],
]


def test_address_and_website_are_what_the_last_file_said(db, load):
    for number, (text, said) in enumerate(zip(FILES, SAID, strict=True)):
        batch = load(text, name=f"{number}.csv", source_system="crm")
        merge(db, [batch], AT + timedelta(days=number))
        found = db.frame("SELECT source_id, email, website FROM lead ORDER BY source_id")
        assert found.rows() == said
        again = merge(db, [batch], AT + timedelta(days=number, hours=1))[0]
        assert (again.updated, again.loaded) == (0, 0)
