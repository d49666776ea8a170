"""A spec: its shared state, processes, properties and declared expectations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Literal, TypeVar, overload

from modelcheck.lang.steps import Steps

S = TypeVar("S")
P = TypeVar("P", bound=Callable[..., Steps])
Claim = Callable[[S], bool]
StepClaim = Callable[[S, S], bool]
Fair = Literal["weak", "strong", "none"]


@dataclass(frozen=True, slots=True)
class ProcessDeclaration:
    """A generator function that was declared a process."""

    function: Callable[..., Steps]
    environment: bool
    fair: Fair


@dataclass(frozen=True, slots=True)
class ClaimDeclaration:
    """A function that was declared a property, and of which kind."""

    function: Callable[..., bool]
    kind: Literal["always", "sometimes", "eventually", "every_step", "leads_to"]
    target: Callable[..., bool] | None = None
    """For `leads_to`: what follows."""

    @property
    def name(self) -> str:
        """What the property is called: by its function, or `p_leads_to_q`."""
        if self.target is None:
            return self.function.__name__
        return f"{self.function.__name__}_leads_to_{self.target.__name__}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What exploring one instance must give; None where nothing was said."""

    constants: tuple[tuple[str, object], ...]
    violated: tuple[str, ...]
    """The properties that are violated, and no others."""

    steps: int | None
    """The length of a shortest counterexample to the first of them."""

    states: int | None
    """The number of reachable states."""


class Spec(Generic[S]):
    """The registry of one spec module; its functions stay plain functions."""

    def __init__(self, title: str, shared: type[S]) -> None:
        self.title = title
        self.shared = shared
        self.processes: list[ProcessDeclaration] = []
        self.claims: list[ClaimDeclaration] = []
        self.expectations: list[Expectation] = []

    @overload
    def process(self, function: P, /) -> P: ...
    @overload
    def process(self, function: None = None, /, *, fair: Fair = "weak") -> Callable[[P], P]: ...
    def process(self, function: P | None = None, /, *, fair: Fair = "weak") -> P | Callable[[P], P]:
        """Declare a process: it must reach its end, and if it stays enabled it steps.

        A second parameter makes it a process array, one instance per value of its domain.
        """

        def declare(declared: P) -> P:
            self.processes.append(ProcessDeclaration(declared, environment=False, fair=fair))
            return declared

        return declare if function is None else declare(function)

    @overload
    def environment(self, function: P, /) -> P: ...
    @overload
    def environment(self, function: None = None, /, *, fair: Fair = "none") -> Callable[[P], P]: ...
    def environment(
        self, function: P | None = None, /, *, fair: Fair = "none"
    ) -> P | Callable[[P], P]:
        """Declare a process that need not reach its end: crashes, signals, clients, servers.

        It may stop anywhere, unless `fair` says that it steps where a process would have to.
        """

        def declare(declared: P) -> P:
            self.processes.append(ProcessDeclaration(declared, environment=True, fair=fair))
            return declared

        return declare if function is None else declare(function)

    def always(self, function: Claim[S]) -> Claim[S]:
        """Declare that a condition holds in every reachable state."""
        self.claims.append(ClaimDeclaration(function, "always"))
        return function

    def sometimes(self, function: Claim[S]) -> Claim[S]:
        """Declare that some reachable state satisfies a condition: the spec is not vacuous."""
        self.claims.append(ClaimDeclaration(function, "sometimes"))
        return function

    def eventually(self, function: Claim[S]) -> Claim[S]:
        """Declare that every fair behaviour reaches a condition."""
        self.claims.append(ClaimDeclaration(function, "eventually"))
        return function

    def every_step(self, function: StepClaim[S]) -> StepClaim[S]:
        """Declare that a condition holds over the states before and after every step.

        A step that changes nothing shared is not asked.
        """
        self.claims.append(ClaimDeclaration(function, "every_step"))
        return function

    def leads_to(self, condition: Claim[S], follows: Claim[S]) -> None:
        """Declare that whenever `condition` holds, `follows` holds then or later.

        On every fair behaviour. The property is called `condition_leads_to_follows`.
        """
        self.claims.append(ClaimDeclaration(condition, "leads_to", follows))

    def expect(
        self,
        *,
        violated: str | tuple[str, ...] = (),
        steps: int | None = None,
        states: int | None = None,
        **constants: bool | int | str | Enum,
    ) -> None:
        """Declare what an instance with these constants gives; `hunt` and the tests hold to it.

        `violated` names the property that is violated, or all that are; `steps` is of the first.
        """
        given = tuple(constants.items())
        names = (violated,) if isinstance(violated, str) else violated
        self.expectations.append(Expectation(given, names, steps, states))
