"""What is done before a run on a server, and after it."""

from __future__ import annotations

from modelcheck.concrete.postgres.assertions import ASSERTION_FAILED
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.defects import AsReleased
from modelcheck.concrete.postgres.planted import alternatives, planted_functions
from modelcheck.concrete.postgres.scenario import Scenario
from modelcheck.concrete.postgres.server import Server, ServerFailure
from modelcheck.concrete.postgres.stage import Stage, Waited

PATIENCE = 10.0
"""Seconds for the processes of a run to be gone once its session is over."""

AVAILABLE = "select from pg_available_extensions where name = '{}'"


def plant(server: Server, scenario: Scenario) -> str:
    """Have every function that the scenario names reported; what the server lacks, or nothing."""
    extension = scenario.extension
    if extension and not server.ask(server.control, AVAILABLE.format(extension)):
        return f"no extension `{extension}` is installed with this server"
    known = server.symbols.addresses
    groups = alternatives(scenario)
    for within in groups:
        if not known.keys() & set(within):
            return f"the program names none of the functions {', '.join(within)}"
    wanted = planted_functions(scenario)
    missing = sorted(wanted - {name for within in groups for name in within} - known.keys())
    if missing:
        return f"the program names no function {', '.join(missing)}"
    server.tracer.plant(server.pid, (wanted | {ASSERTION_FAILED}) & known.keys())
    return ""


def query_of(scenario: Scenario, *, defect: bool) -> str:
    """The query of a run with the defect, or of one without it."""
    other = None if defect else scenario.defect
    return other.query if isinstance(other, AsReleased) else scenario.query


def connect(server: Server, stage: Stage, scenario: Scenario) -> Connection:
    """The session of the client, made ready for the query.

    Before that, all come to rest: what the postmaster still has to do for a run before would be
    taken for this one's.
    """
    database = server.database(scenario)
    server.settle()
    connection = server.connect(database, handle=stage.handle)
    server.prepare(connection, scenario.settings, handle=stage.handle)
    return connection


def begin_other(server: Server, stage: Stage, scenario: Scenario) -> None:
    """Begin the query of the other session, if there is one, and give its process its part.

    Or have a process born for it, and held where it begins.
    """
    other = scenario.other
    if other is None:
        return
    database = server.database(scenario)
    if other.enters:
        stage.other = server.knock(database)
        come = stage.wait(lambda: other.part.instance in stage.cast, seconds=PATIENCE)
        if come is not Waited.REACHED:
            raise ServerFailure(f"no process that enters {other.enters} comes for a session")
    else:
        stage.other = server.connect(database, handle=stage.handle)
        stage.seat(stage.other.pid, other.part.instance)
        stage.other.send(other.query)


def clear(server: Server, stage: Stage, connection: Connection) -> bool:
    """End the session, and wait until every process of the run is gone; False if one stays."""
    own = {actor.pid for actor in stage.cast.values()} | {
        actor.pid for actor in stage.actors.values() if actor.process
    }
    own.discard(server.pid)
    other, is_over = stage.other, Waited.REACHED
    if other is not None:
        is_over = stage.wait(lambda: other.ready or other.closed, seconds=PATIENCE)
        server.disconnect(other)
    if is_over is not Waited.REACHED:
        return False
    workers = own - {connection.pid}
    if not _are_gone(server, stage, workers):
        return False
    stage.connection = None
    server.disconnect(connection)
    return _are_gone(server, stage, own)


def _are_gone(server: Server, stage: Stage, pids: set[int]) -> bool:
    waited = stage.wait(lambda: not pids & server.tracer.traced, seconds=PATIENCE)
    return waited is Waited.REACHED
