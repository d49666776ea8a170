"""Nailed relation-cache entries: what another session has changed is seen, also early at startup.

Models RelationReloadNailed() and RelationReloadIndexInfo() of src/backend/utils/cache/relcache.c as
at 21e958c303 (2026), for a session that starts, as each parallel worker does, and for the entries
that are there from the beginning and never dropped: of a shared catalog and of its index. Another
session runs VACUUM on the catalog, which changes its relfrozenxid, and VACUUM FULL, which gives the
index a new file. Both hold a lock that excludes the session that starts, and send an invalidation
before they release it; who locks a relation takes in all that has been sent. Until its critical
caches are built, a session cannot read pg_class, but the relation map.

One step is one opening of a relation, or one change of the other session. Left out: the files from
which entries are read at first, unnailed entries, and a map that is read while it is written.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B50, a54e1f1587 | REVALIDATES=False | VACUUM goes by an old relfrozenxid |
| B50, b82c877e76 | REFRESHES_EARLY=False | could not read blocks 0..0 in file "global/..." |

Faults: none. There is one session that reads; if it fails, its entries are gone, and nobody waits
for it.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, one_of, record, wait_until

NCHANGES = 2  # of the other session
REVALIDATES: bool = True  # a54e1f1587: what pg_class has of nailed catalogs may change
REFRESHES_EARLY: bool = True  # b82c877e76: the file, before pg_class can be read

Number = Annotated[int, Below(NCHANGES + 1)]


@record
class Entry:
    """RelationData."""

    valid: bool = True
    file: Number = 0
    frozen: Number = 0


@record
class Shared:
    file: Number = 0
    """Of the index, as the committed map has it; older ones are gone."""
    frozen: Number = 0
    """relfrozenxid of the catalog, in pg_class."""
    locked: bool = False
    """The other session is at work."""
    sent: bool = False
    """An invalidation that the session has not taken in."""
    index: Entry = Entry()
    catalog: Entry = Entry()
    caches_built: bool = False
    """criticalRelcachesBuilt."""
    changed_early: bool = False


spec = Spec("nailed entries", Shared)


@spec.process
def other(s: Shared) -> Steps:
    for _ in range(NCHANGES):
        yield "lock"
        s.locked = True

        yield "commit"
        full = one_of((False, True))
        if full:
            s.file += 1
        else:
            s.frozen += 1
        s.sent = True
        s.locked = False


def accept_invalidations(s: Shared) -> None:
    """AcceptInvalidationMessages(), once the relation is locked."""
    if s.sent:
        s.sent = False
        s.index.valid = False
        s.catalog.valid = False


def open_index(s: Shared) -> None:
    """RelationReloadIndexInfo(), if it has to."""
    if not s.index.valid:
        if s.caches_built or REFRESHES_EARLY:
            s.index.file = s.file
        s.changed_early = s.changed_early or not s.caches_built
        s.index.valid = True


def open_catalog(s: Shared) -> None:
    """RelationReloadNailed(), if it has to."""
    if not s.catalog.valid:
        if REVALIDATES:
            s.catalog.frozen = s.frozen
        s.catalog.valid = True


@spec.process
def session(s: Shared) -> Steps:
    yield "start"  # RelationCacheInitializePhase2()
    s.index.file = s.file
    s.catalog.frozen = s.frozen
    s.sent = False

    yield "authenticate"  # looks into shared catalogs
    wait_until(not s.locked)
    accept_invalidations(s)
    open_index(s)
    assert s.index.file == s.file, "could not read blocks 0..0"

    yield "build_caches"  # RelationCacheInitializePhase3()
    s.caches_built = True

    yield "vacuum"
    wait_until(not s.locked)
    accept_invalidations(s)
    open_index(s)
    open_catalog(s)
    assert s.index.file == s.file, "could not read blocks 0..0"
    assert s.catalog.frozen == s.frozen, "an old relfrozenxid"


@spec.sometimes
def the_index_is_rewritten_early(s: Shared) -> bool:
    return s.changed_early and s.index.file > 0


@spec.sometimes
def something_changes_late(s: Shared) -> bool:
    return s.caches_built and s.sent and s.frozen > s.catalog.frozen


spec.expect(states=126)
spec.expect(REVALIDATES=False, violated="session.vacuum", steps=6, states=121)
spec.expect(REFRESHES_EARLY=False, violated="session.authenticate", steps=4, states=109)
