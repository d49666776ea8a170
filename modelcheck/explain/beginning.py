"""What the prologues chose: how the state in which a trace begins differs from other beginnings."""

from __future__ import annotations

from modelcheck.explain.locals import held
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_value
from modelcheck.semantics import initial, instances
from modelcheck.trace import State


def beginning(model: Model, state: State) -> tuple[str, ...]:
    """What is not the same in every initial state: `worker[0] at begin`, `worker[0].slot = 1`."""
    others = initial(model)
    found: list[str] = []
    for at, instance in enumerate(instances(model)):
        label = state.locations[at].label
        if any(other.locations[at].label != label for other in others):
            found.append(f"{instance} at {label or 'its end'}")
        types = {local.name: local.type for local in model.process(instance.process).locals}
        choices = [
            held(model, other, at) for other in {o.locations[at]: o for o in others}.values()
        ]
        for name, value in held(model, state, at).items():
            if any(name not in choice or choice[name] != value for choice in choices):
                found.append(f"{instance}.{name} = {render_value(types[name], value)}")
    return tuple(found)
