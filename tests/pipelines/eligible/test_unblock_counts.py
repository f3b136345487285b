"""What would open how many, counted again from the oracle's verdicts, person by person."""

from collections import Counter

from pipelines.eligible import Reason, blocked_report, mask_counts, unblock_report
from pipelines.eligible.reasons import TEXTS, UNBLOCK
from tests.pipelines.eligible.comparison import FEEDS, POLICIES, Case, found

CLASS = {reason.name: TEXTS[reason].reason_class for reason in Reason}


def test_reports_count_what_the_oracle_counts(corpus: tuple[Case, ...]) -> None:
    for db, policy, feeds, expected in corpus[:2]:
        found(db, POLICIES[policy], FEEDS[feeds])
        counts = mask_counts(db)
        blocked, only, opened = Counter(), Counter(), Counter()
        for _, verdict in expected.values():
            for channel, reasons in verdict.items():
                kinds = {CLASS[reason] for reason in reasons}
                for reason in reasons:
                    blocked[channel, reason] += 1
                    only[channel, reason] += len(kinds) == 1
                # Lifting one class opens the channel for those alone whom nothing else blocks.
                for kind in kinds:
                    if len(kinds) == 1 and UNBLOCK[kind] is not None:
                        opened[channel, kind.value] += 1
        rows = blocked_report(counts)
        assert {(c, r): n for c, r, n in rows.select("channel", "reason", "persons").rows()} == {
            **blocked
        }
        assert dict(only) == {
            (c, r): n for c, r, n in rows.select("channel", "reason", "only_persons").rows()
        }
        told = unblock_report(counts).select("channel", "reason_class", "persons").rows()
        assert {(c, kind): n for c, kind, n in told if n} == dict(opened)
        assert sum(n for *_, n in told) == sum(opened.values())
        assert len(opened) > 5
