"""Tell the CRMs of a night: which files they have already, and so what is new to them."""

from pipelines.publish.crm import write_crm
from pipelines.publish.past import next_night
from pipelines.runs.context import RunContext
from pipelines.store import Database

CRM_FOLDER = "crm"


def tell_crms(ctx: RunContext, db: Database) -> int:
    """Write the files for CRMs of the night that `db` holds beside its list; return their rows.

    Made again, a night tells everything: what its first files told is not known any more.
    """
    last = db.scalar("SELECT value FROM meta WHERE key = 'nightly_run_id'")
    is_known = last not in {None, ctx.run_id} and (ctx.home.outbox / last / CRM_FOLDER).is_dir()
    counts = write_crm(
        db,
        ctx.home.staging / ctx.run_id / "outbox" / CRM_FOLDER,
        night=next_night(db),
        decided_on=ctx.as_of.isoformat(),
        last_run=last if is_known else None,
    )
    return sum(counts.values())
