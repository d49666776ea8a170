"""What a parallel worker restores before its query, and in which order: a common part.

ParallelWorkerMain() in src/backend/access/transam/parallel.c, at fourteen commits between 2015 and
2026. `POSITIONS` holds for each call its position in the body of that function, 0 where it is
absent; reading a column by ascending number gives the order of that version. Calls that only
attach to shared memory and queues are left out, and so is what no version restores too late or
not at all: combo command ids and the transaction snapshot, next to the active one; and client
encoding and connection, session segment, serializable transaction.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import KeptOrder, OpenOrder


class Version(Enum):
    """By commit, 3a1f8611f2 standing for b0b0d84b3d too: their bodies are the same."""

    A = "924bcf4f16 (2015-04): the first"
    B = "3a1f8611f2 (2015-10)"
    B2 = "64b2e7ad91 (2015-11)"
    C = "a1c1af2a1f (2016-02): lock groups"
    D = "32470825d3 (2017-04)"
    E = "cc5f81366c (2017-09)"
    F = "9da0cc3528 (2018-02): parallel CREATE INDEX"
    G = "4974d7f87e (2018-08): the relation map is restored"
    H = "6c3c9d4189 (2018-09): libraries later"
    I = "a780b2fcce (2021-08)"  # noqa: E741  # the letters run on
    J = "6e086fa2e7 (2024-08): GUCs in the main transaction"
    K = "126ec0bc76 (2024-09): relation map before the flush"
    L = "67bab53d64 (2024-10): pending syncs too"
    M = "5a2fed911a (2024-11) to 21e958c303 (2026-07): user ids first"


class Step(Enum):
    NONE = auto()
    JOIN_LOCK_GROUP = auto()  # BecomeLockGroupMember()
    TIMESTAMPS = auto()  # SetParallelStartTimestamps()
    LIBRARIES = auto()  # RestoreLibraryState()
    ENTRY_POINT = auto()  # LookupParallelWorkerFunction()
    USER_IDS = auto()  # SetSessionAuthorization(), next to the authenticated user and the role
    CONNECT = auto()  # BackgroundWorkerInitializeConnectionByOid(), which calls InitPostgres()
    BEGIN_SHORT = auto()  # StartTransactionCommand(), for the libraries and, up to I, the settings
    GUCS = auto()  # RestoreGUCState()
    COMMIT_SHORT = auto()  # CommitTransactionCommand()
    TRANSACTION = auto()  # StartParallelWorkerTransaction(), with the command id except in A
    PENDING_SYNCS = auto()  # RestorePendingSyncs()
    RELATION_MAP = auto()  # RestoreRelationMap()
    REINDEX_STATE = auto()  # RestoreReindexState()
    ACTIVE_SNAPSHOT = auto()  # PushActiveSnapshot()
    FLUSH = auto()  # InvalidateSystemCaches()
    CURRENT_USER = auto()  # SetUserIdAndSecContext(), from F to L next to SetCurrentRoleId()
    TEMP_NAMESPACE = auto()  # SetTempNamespaceState()
    ENUMS = auto()  # RestoreUncommittedEnums()
    RUN = auto()  # the entry point
    END = auto()  # EndParallelWorkerTransaction()


POSITIONS = {
    #                           A   B  B2   C   D   E   F   G   H   I   J   K   L   M
    Step.JOIN_LOCK_GROUP: (0, 0, 0, 12, 12, 12, 13, 13, 13, 13, 12, 12, 12, 11),
    Step.TIMESTAMPS: (0, 0, 0, 0, 0, 0, 0, 0, 0, 14, 13, 13, 13, 12),
    Step.LIBRARIES: (11, 12, 12, 13, 13, 13, 14, 14, 18, 19, 18, 18, 18, 20),
    Step.ENTRY_POINT: (0, 0, 0, 0, 14, 14, 15, 15, 14, 15, 14, 14, 14, 13),
    Step.USER_IDS: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15),
    Step.CONNECT: (12, 13, 13, 14, 15, 15, 16, 16, 15, 16, 15, 15, 15, 17),
    Step.BEGIN_SHORT: (13, 14, 14, 15, 17, 17, 18, 18, 17, 18, 17, 17, 17, 19),
    Step.COMMIT_SHORT: (15, 16, 16, 17, 19, 19, 20, 20, 20, 21, 19, 19, 19, 21),
    Step.GUCS: (14, 15, 15, 16, 18, 18, 19, 19, 19, 20, 26, 28, 29, 31),
    Step.TRANSACTION: (16, 17, 17, 18, 20, 20, 21, 21, 21, 22, 20, 20, 20, 22),
    Step.PENDING_SYNCS: (0, 0, 0, 0, 0, 0, 0, 0, 0, 31, 30, 32, 21, 23),
    Step.RELATION_MAP: (0, 0, 0, 0, 0, 0, 0, 31, 31, 33, 32, 21, 22, 24),
    Step.REINDEX_STATE: (0, 0, 0, 0, 0, 0, 30, 30, 30, 32, 31, 22, 23, 25),
    Step.ACTIVE_SNAPSHOT: (19, 20, 20, 21, 23, 24, 25, 25, 25, 26, 24, 26, 27, 29),
    Step.FLUSH: (0, 21, 21, 22, 24, 25, 26, 26, 26, 27, 25, 27, 28, 30),
    Step.CURRENT_USER: (20, 22, 22, 23, 25, 26, 28, 28, 28, 29, 28, 30, 31, 32),
    Step.TEMP_NAMESPACE: (0, 0, 0, 0, 26, 27, 29, 29, 29, 30, 29, 31, 32, 33),
    Step.ENUMS: (0, 0, 0, 0, 0, 0, 0, 0, 0, 34, 33, 33, 33, 34),
    Step.RUN: (22, 25, 25, 26, 29, 30, 33, 34, 34, 38, 39, 39, 39, 40),
    Step.END: (25, 28, 28, 29, 32, 33, 36, 37, 37, 41, 42, 42, 42, 43),
}

VERSION: Version = Version.M
SKIPPED: Step = Step.NONE  # a fix taken away: what this version restores, and now does not

MAP_COMES_LATE: bool = False  # True: RestoreRelationMap() where it was before 126ec0bc76

COLUMN = list(Version).index(VERSION)
CALLED = tuple(
    step
    for position in range(1, 64)
    for step, columns in POSITIONS.items()
    if columns[COLUMN] == position and step is not SKIPPED
)
EARLIER = tuple(step for step in CALLED if step is not Step.RELATION_MAP)
BEFORE = EARLIER.index(Step.ENUMS) if MAP_COMES_LATE else 0
LATE = (*EARLIER[:BEFORE], Step.RELATION_MAP, *EARLIER[BEFORE:])
ORDER: OpenOrder[Step] = LATE if MAP_COMES_LATE else CALLED
KEPT: KeptOrder[Step] = (
    (Step.CONNECT, Step.BEGIN_SHORT, Step.COMMIT_SHORT, Step.TRANSACTION, Step.RUN, Step.END),
    (Step.LIBRARIES, Step.RUN),
    (Step.GUCS, Step.RUN),
)
FIRST = (
    Step.JOIN_LOCK_GROUP,
    Step.TIMESTAMPS,
    Step.ENTRY_POINT,
    Step.USER_IDS,
    Step.CONNECT,
    Step.LIBRARIES,
)
VIEW = (
    Step.BEGIN_SHORT,
    Step.COMMIT_SHORT,
    Step.TRANSACTION,
    Step.PENDING_SYNCS,
    Step.RELATION_MAP,
    Step.REINDEX_STATE,
    Step.ACTIVE_SNAPSHOT,
    Step.FLUSH,
)
