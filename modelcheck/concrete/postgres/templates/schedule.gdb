$HEAD
set pagination off
set confirm off
set non-stop on
set detach-on-fork off
set follow-fork-mode parent
set print inferior-events off
set print thread-events off
set debuginfod enabled off
set auto-solib-add off
set libthread-db-search-path /nonexistent
handle SIGUSR1 SIGUSR2 SIGCHLD SIGTERM SIGINT nostop noprint pass
handle SIGSTOP stop print nopass

python
import itertools
import os

import gdb

$DATA
DEFECT = globals().get("DEFECT", True)
serial = itertools.count(1)
processes, instances = {}, {}
entries, handles = {}, []
progress = {"step": 0, "noticed": 0, "told": -1, "over": False}


class Process:
    """One process of the server."""

    def __init__(self, inferior):
        self.inferior, self.round = inferior, len(handles)
        self.role, self.name = "", ""
        self.entered, self.used = {}, set()
        self.held, self.todo = None, None
        self.begun, self.completing, self.noticed = None, "", 0

    def is_there(self):
        """Whether the process has not ended; gdb forgets those that have."""
        return self.inferior.is_valid() and self.inferior.pid != 0

    def resume(self):
        for thread in self.inferior.threads() if self.is_there() else ():
            if thread.is_valid() and thread.is_stopped():
                thread.switch()
                gdb.execute("continue &", to_string=True)


def say(text):
    gdb.write(f"modelcheck: {text}\n")
    gdb.flush()


def number(expression):
    return int(gdb.parse_and_eval(expression))


def callers():
    frame = gdb.newest_frame().older()
    while frame is not None:
        yield frame.name()
        frame = frame.older()


def is_message(argument, text):
    vector = number("(unsigned long)$$" + ARGUMENTS[argument])
    if number(f"*(unsigned long *){vector + 8}") != len(text):
        return False
    piece = number(f"*(unsigned long *){vector}")
    return bytes(gdb.selected_inferior().read_memory(piece, len(text))) == text


def is_meant(process, point, function):
    if point["function"] != function or (point["first"] and point["id"] in process.used):
        return False
    since = process.entered.get(point["since"], 0)
    if point["since"] and not since:
        return False
    if point["until"] and process.entered.get(point["until"], 0) > since:
        return False
    if point["within"] and not set(point["within"]) & set(callers()):
        return False
    return point["message"] is None or is_message(*point["message"])


def launched():
    """The handle of the memory that the workers of a launch are handed; 0: there is none."""
    try:
        segment = number(f"*(unsigned long *)($$rdi + {SEGMENT})")
        return number(f"*(unsigned int *){segment + HANDLE}")
    except gdb.MemoryError:
        return 0


def round_of(handle, begun):
    """The newest launch with this memory, of those that had begun at a worker's birth."""
    found = (at for at in range(begun, 0, -1) if handle != 0 and handles[at - 1] == handle)
    return next(found, begun)


def learn(process, function):
    """Who plays what: the client's process counts rounds, and workers have a number."""
    if function in BEGINS_WITH and not process.role:
        process.role = process.name = CLIENT
        instances[CLIENT] = process
    if function == COUNTED_BY and process.role == CLIENT:
        handles.append(launched())
    if function == STARTS_IN:
        process.role = WORKERS
        process.round = round_of(number("(unsigned int)$$rdi"), process.round)
    if process.role == WORKERS and not process.name:
        own = number("*(int *)&" + NUMBER)
        if own >= 0 and PER_ROUND:
            process.name = f"{WORKERS}[{FIRST + (process.round - 1) * PER_ROUND + own}]"
        elif (process.round, own) == (1, 0):
            process.name = WORKERS
        instances[process.name] = process


def enter(process, function):
    """What to do at the entry of a function; None: go on."""
    process.entered[function] = next(serial)
    learn(process, function)
    if function == process.completing or function in NOTICERS:
        return "finish"
    for step in STEPS.get(process.role, ()) if process.name and not progress["over"] else ():
        if is_meant(process, step, function):
            process.used.add(step["id"])
            process.held = step
            return "hold"
    is_skipped = DEFECT and SKIP and process.role == SKIP["process"]
    return "skip" if is_skipped and is_meant(process, SKIP, function) else None


class Entry(gdb.Breakpoint):
    """The entry of a function, before its first instruction."""

    def __init__(self, function):
        super().__init__(f"*{function}", internal=True)
        self.silent, self.function = True, function

    def stop(self):
        process = processes[gdb.selected_inferior().num]
        process.todo = enter(process, self.function)
        return process.todo is not None


class Return(gdb.FinishBreakpoint):
    """The return of one call."""

    def __init__(self, process, function):
        super().__init__(gdb.newest_frame(), internal=True)
        self.silent, self.process, self.function = True, process, function

    def stop(self):
        if self.function in NOTICERS:
            progress["noticed"] += 1
        if self.function == self.process.completing:
            self.process.completing, self.process.begun = "", None
        gdb.post_event(advance)
        return False

    def out_of_scope(self):
        gdb.post_event(advance)


def skip(process):
    say(f"{process.name}: {SKIP['function']} skipped, returned {SKIP['value']}")
    gdb.execute("set $$rax = %d" % SKIP["value"])
    gdb.execute("set $$rip = *(unsigned long *)$$rsp")
    gdb.execute("set $$rsp = $$rsp + 8")


def act(process):
    """Do what was decided at an entry."""
    todo, process.todo = process.todo, None
    if todo == "hold":
        advance()
        return
    for thread in process.inferior.threads():
        thread.switch()
    if todo == "skip":
        skip(process)
    elif todo == "finish":
        Return(process, gdb.newest_frame().name())
    process.resume()


def begin(process, step):
    process.held = None
    for thread in process.inferior.threads():
        thread.switch()
    if step["gone"]:
        process.begun, process.noticed = step, progress["noticed"]
    else:
        process.begun, process.completing = step, step["until_return"] or step["function"]
        if not step["until_return"]:
            Return(process, step["function"])
    process.resume()


def is_busy(process):
    """Whether it has not completed the step that it was let go for."""
    if process.begun is None:
        return False
    if process.begun["gone"]:
        return process.is_there() or progress["noticed"] <= process.noticed
    return process.held is None and process.is_there()


def stands(name, label):
    process = instances.get(name)
    return process is not None and process.held is not None and process.held["label"] == label


def advance():
    """Let the next one go that the schedule names, once the one before is done."""
    if progress["over"] or any(is_busy(process) for process in processes.values()):
        return
    at = progress["step"]
    if at == 0 and AWAITED and not stands(CLIENT, AWAITED):
        return
    if at == len(SCHEDULE):
        finish()
        return
    name, label = SCHEDULE[at]
    process = instances.get(name)
    if process is None or process.held is None:
        if progress["told"] != at:
            progress["told"] = at
            say(f"step {at + 1} of {len(SCHEDULE)}: waiting for {name} to come to {label}")
        return
    if process.held["label"] != label:
        say(f"step {at + 1}: {name} stands before {process.held['label']}, not before {label}")
        finish()
        return
    progress["step"] += 1
    where = f"{process.held['function']} in process {process.inferior.pid}"
    say(f"step {at + 1} of {len(SCHEDULE)}: {name}.{label}: {where}")
    begin(process, process.held)


def finish():
    """Let everybody go: the workers first, then the others. What is left out stays left out."""
    progress["over"] = True
    for process in sorted(processes.values(), key=lambda one: one.role != WORKERS):
        process.held = None
        process.resume()
    say(f"{progress['step']} of {len(SCHEDULE)} steps were taken; everybody is let go")
    say("the command `leave` ends gdb, and leaves the server alone")


class Leave(gdb.Command):
    """Detach from all processes, and end."""

    def __init__(self):
        super().__init__("leave", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        progress["over"] = True
        for entry in entries.values():
            entry.delete()
        for inferior in gdb.inferiors():
            if inferior.pid:
                gdb.execute(f"detach inferiors {inferior.num}", to_string=True)
        os._exit(0)  # gdb 13 falls over its own breakpoints when it ends by itself


def on_thread(event):
    thread = event.inferior_thread
    process = Process(thread.inferior)
    if not processes:
        process.role = process.name = "postmaster"
    processes[thread.inferior.num] = process
    gdb.post_event(process.resume)


def on_stop(event):
    thread = event.inferior_thread or gdb.selected_thread()
    process = processes[thread.inferior.num]
    if process.todo is not None:
        gdb.post_event(lambda: act(process))
    elif process.held is None:
        gdb.post_event(process.resume)


def on_exit(event):
    gdb.post_event(advance)


Leave()
gdb.events.new_thread.connect(on_thread)
gdb.events.stop.connect(on_stop)
gdb.events.exited.connect(on_exit)
gdb.execute(f"attach {POSTMASTER}")
for function in FUNCTIONS:
    try:
        entries[function] = Entry(function)
    except gdb.error as error:
        say(f"this build has no {function}: {error}")
say("ready: run the query")
end
