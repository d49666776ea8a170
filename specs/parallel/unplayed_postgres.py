"""Which violations of these specs no scenario plays on a server, and why.

A scenario holds a process at the entry of a function, leaves calls out, moves them or forces their
result. What lies between two calls it cannot reach.
"""

from modelcheck.concrete.postgres import Unplayed

INSIDE = "it goes wrong inside one function, between two calls, where no process can be held"
ASSERTS = "an assertion would show it, which release builds do not have"
POSTMASTER = "the postmaster dies, and a replay does not outlive it"
LOOKS = "the code looks before it follows, and a look that is no call cannot be left out"
PLAYED = "`{}` has it as well, and its scenario plays it"
OLD = "the server has other code now, and leaving out or moving calls does not bring the old back"
READS = "its step is a read or a store in shared memory, and no call"
THROWS = "an error would have to be thrown at one place, and a scenario cannot throw"
SHUTS_DOWN = "the server shuts down, and a replay does not outlive it"
ONLY_ONE = "the instance with one registrant is played"
OLDER = "a server has an order of its own, from which one call at a time is left out or moved"

unplayed = (
    Unplayed("attach", THROWS, (("MEMORY_FAILS", "True"),)),
    Unplayed("attach", POSTMASTER, (("POSTMASTER_DIES", "True"),)),
    Unplayed("bgworker_slots", SHUTS_DOWN, (("CANCELS_AT_SHUTDOWN", "False"),)),
    Unplayed("bgworker_slots", INSIDE, (("DEAD_BEFORE_FREE", "False"),)),
    Unplayed("bgworker_slots", INSIDE, (("COMPARES_GENERATIONS", "False"),)),
    Unplayed(
        "bgworker_slots",
        "no memory for the postmaster, of which only the newest server would speak",
        (("MEMORY_FAILS", "True"),),
    ),
    *(
        Unplayed("bgworker_slots", PLAYED.format("context_life_cycle"), ((name, "False"),))
        for name in ("REPORTS_FAILED_FORK", "UNUSED_IS_STOPPED")
    ),
    Unplayed("bgworker_slots", ONLY_ONE, (("NREGISTRANTS", "2"),)),
    Unplayed("condition_variable", INSIDE),
    Unplayed("context_calls", LOOKS),
    Unplayed("context_faults", PLAYED.format("message_queue"), (("FALLS_SILENT", "True"),)),
    Unplayed("context_faults", POSTMASTER, (("WAITS_FOR_ATTACH", "True"),)),
    Unplayed("context_faults", THROWS, (("LOSES_HANDLE", "True"),)),
    Unplayed("context_faults", THROWS, (("CALLBACK_FAILS", "True"),)),
    Unplayed(
        "context_faults",
        "six fixes would be taken away at once; `context_life_cycle` plays three, one by one",
        (("VERSION", "Version.B"),),
    ),
    Unplayed("context_faults", POSTMASTER, (("EXITS_WITH_POSTMASTER", "False"),)),
    Unplayed("context_life_cycle", INSIDE, (("TERMINATES_LAUNCHED_ONLY", "False"),)),
    Unplayed("context_life_cycle", PLAYED.format("message_queue"), (("FALLS_SILENT", "True"),)),
    Unplayed("copied_state", ASSERTS, (("NEW_SNAPSHOT", "True"),)),
    Unplayed(
        "copied_state",
        "no version has a worker that reads its leader's memory",
        (("COPIES", "False"),),
    ),
    Unplayed("create_index_relmap", ASSERTS, (("ASSERTS", "True"),)),
    Unplayed("create_index_relmap", PLAYED.format("restore_order"), (("STALE_ENTRY", "True"),)),
    Unplayed("dsa", INSIDE),
    Unplayed(
        "dsm_slots",
        "a handle is a random number, and cannot be made to be drawn again in time",
        (("FAILS", "True"),),
    ),
    Unplayed("dsm_slots", INSIDE),
    Unplayed(
        "function_pointers",
        "no server at hand was built with EXEC_BACKEND",
        (("EXEC_BACKEND", "True"),),
    ),
    Unplayed("gather", OLD),
    Unplayed("hash_batches", READS),
    Unplayed("hash_full_join", OLD),
    Unplayed("hash_growth", OLD),
    Unplayed("horizons", INSIDE),
    Unplayed("leader_waits", PLAYED.format("message_queue"), (("FALLS_SILENT", "True"),)),
    Unplayed("leader_waits", LOOKS, (("REFUSES_WORKERS", "False"),)),
    Unplayed("lock_group_exit", OLD, (("VERSION", "Version.JOIN"),)),
    Unplayed(
        "lock_group_exit",
        "no server at hand has these commits of May 2026",
        (("LEADER_LAST", "False"),),
    ),
    Unplayed(
        "lock_groups",
        "a worker that joins late asks for its lock as one that never joins, which is played",
        (("JOINS_FIRST", "False"),),
    ),
    Unplayed(
        "message_queue",
        PLAYED.format("context_life_cycle"),
        (("NOTICES_FAILED_START", "False"),),
    ),
    *(
        Unplayed("message_queue", "the instance without a notice is played", ((name, "True"),))
        for name in ("FALLS_SILENT", "CATCHES_ERRORS")
    ),
    Unplayed("message_queue", INSIDE),
    Unplayed("nailed_entries", INSIDE),
    Unplayed("parallel_append", INSIDE),
    Unplayed("postmaster_wait", OLD),
    Unplayed("procsignal_barrier", INSIDE),
    Unplayed(
        "prohibitions",
        "what a worker does before its commit is refused by other means today",
        (("ENFORCED_AT_COMMIT", "False"),),
    ),
    Unplayed("relation_extension", "workers write to no table in any version"),
    Unplayed(
        "restore_order",
        "a file without WAL shows after a crash, with which a replay ends",
        (("SKIPPED", "Step.PENDING_SYNCS"),),
    ),
    Unplayed(
        "restore_order",
        "no query has been found whose workers look into the index that is being rebuilt",
        (("SKIPPED", "Step.REINDEX_STATE"),),
    ),
    Unplayed(
        "restore_order",
        "the command id is restored with the rest of the transaction, by one call",
        (("SHIPS_COMMAND_ID", "False"),),
    ),
    Unplayed(
        "restore_order",
        "the leader's map would have to reach the file, which no version lets a worker do",
        (("DROPS_MAP", "False"),),
    ),
    Unplayed(
        "restore_order",
        "no library at hand reads catalogs when it is loaded",
        (("EXTENSION", "True"),),
    ),
    Unplayed("restore_order", OLDER),
    Unplayed("scan_token", INSIDE),
    Unplayed("shared_memory_exit", READS, (("CLEARS_POINTERS", "False"),)),
    Unplayed("shared_memory_exit", THROWS, (("HOLDS_INTERRUPTS", "False"),)),
    Unplayed("shared_typmods", INSIDE),
    Unplayed("tuple_queue", INSIDE),
    Unplayed("wait_queue_order", INSIDE),
    Unplayed("worker_counters", "it follows a crash of the server, with which a replay ends"),
    Unplayed("worker_numbers", READS),
)
