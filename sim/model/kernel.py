"""The event kernel: plain callbacks on SimPy's own queue, ordered at equal times by (stage, name, occasion).

A SimPy process costs several events and a generator each; a group of evacuees needs a callback at each step and nothing
else.  So an entry of the queue names the function to call and its argument: the group or the aircraft, a :class:`Call`, or an
event of SimPy's own.  The priority that is compared at equal times is a number of
:mod:`sim.model.ranks`, so that the order of insertion never matters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

import simpy
from simpy.core import EmptySchedule
from simpy.events import NORMAL, Event

from sim.model.limit import LimitError

State = TypeVar("State")
Callback = Callable[[Any], None]
"""What an event calls, always with one argument; None where there is nothing to say."""

MOST_AT_ONCE = 1_000_000
MOST_EVENTS = 1_000_000_000
"""Ten times the budget that a scenario is checked against: what takes more ends as a failed replication."""
LAST = 1 << 60
"""Added to the number of an event that comes after all others of its time and priority."""


class Call:
    """A scheduled callback and its argument; it can be cancelled."""

    __slots__ = ("arg", "callback")

    def __init__(self, callback: Callback, arg: Any) -> None:
        self.callback: Callback | None = callback
        self.arg = arg

    def cancel(self) -> None:
        """Make it do nothing when its time comes, and keep nothing alive until then."""
        self.callback = self.arg = None


def _call(call: Call) -> None:
    callback, arg = call.callback, call.arg
    if callback is not None:
        call.callback = call.arg = None  # whoever still holds it need not be freed by the cycle collector
        callback(arg)


def _process(event: Event) -> None:
    """Do with an event of SimPy's own what ``Environment.step`` does."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)
    if not event._ok and not hasattr(event, "_defused"):
        raise event._value


def _nothing() -> None:
    pass


class Clock(simpy.Environment):
    """The simulated time in hours and the queue of what is to come.

    A SimPy environment in which processes and resources still work.  An entry of its queue is (time, priority, number,
    function, argument), so that a step of a group needs no event object, which would cost a third of the run.
    """

    now = 0.0
    """Hours since the start (in SimPy a property, which costs a call each time)."""
    priority = -1
    """That of the event which is being done; below all of them before the first."""
    _queue: list[tuple[float, int, int, Callable[[Any], None], Any]]  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(0.0)
        self._over = False
        self.end_reason = ""
        self.watch: Callable[[], None] = _nothing
        """Called now and then while it runs; what it raises ends the run."""

    def after(self, delay: float, priority: int, callback: Callback, arg: Any = None) -> Call:
        """Call ``callback(arg)`` after *delay* hours (≥ 0)."""
        call = Call(callback, arg)
        self.wake(delay, priority, _call, call)
        return call

    def wake(self, delay: float, priority: int, callback: Callback, arg: Any) -> None:
        """Call back after *delay* hours (≥ 0); this can't be cancelled."""
        heappush(self._queue, (self.now + delay, priority, next(self._eid), callback, arg))

    def at(self, time: float, priority: int, callback: Callback, arg: Any = None) -> Call | None:
        """Call back at *time*, or at once if it has passed; never if it is infinite."""
        if time == float("inf"):
            return None
        return self.after(max(0.0, time - self.now), priority, callback, arg)

    def behind(self, time: float, priority: int, callback: Callback, arg: Any = None) -> Call:
        """Call back at *time* (not before now) after whatever else has this very priority then."""
        call = Call(callback, arg)
        heappush(self._queue, (max(self.now, time), priority, LAST + next(self._eid), _call, call))
        return call

    def schedule(self, event: Event, priority: Any = NORMAL, delay: float = 0) -> None:
        """Put an event of SimPy's own on the queue."""
        self.wake(delay, priority, _process, event)

    def step(self) -> None:
        """Do the next thing."""
        if not self._queue:
            raise EmptySchedule
        self.now, self.priority, _, callback, arg = heappop(self._queue)
        callback(arg)

    def stop(self, reason: str) -> None:
        """End the run before the next event."""
        if not self._over:
            self.end_reason = reason
            self._over = True

    def run_to_end(self) -> None:
        """Run until somebody calls :meth:`stop`; there is always an event at the horizon.

        Raises RuntimeError when time stands still over :data:`MOST_AT_ONCE` events, which only a fault of the model can do, and
        LimitError after :data:`MOST_EVENTS` in all.
        """
        queue, events = self._queue, 0
        while not self._over:
            began = self.now
            for _ in range(MOST_AT_ONCE):
                self.now, self.priority, _, callback, arg = heappop(queue)
                callback(arg)
                if self._over:
                    return
            if self.now == began:
                raise RuntimeError(f"time stands still at {began} h")
            events += MOST_AT_ONCE
            self.watch()
            if events >= MOST_EVENTS:
                raise LimitError(f"stopped at {self.now:,.1f} h after {events:,} events, the limit of a replication")

    @property
    def waiting(self) -> int:
        """How much is to come."""
        return len(self._queue)

    def close(self) -> None:
        """Let go of all that was to come."""
        for _, _, _, _, arg in self._queue:
            if isinstance(arg, Call):
                arg.cancel()
        self._queue.clear()
        self.watch = _nothing

    @property
    def stopped(self) -> bool:
        """Whether somebody has called :meth:`stop`."""
        return self._over


class Line:
    """A queue by priority (lower first), first come first served within one."""

    __slots__ = ("_by_priority", "_queues", "length")

    def __init__(self, priorities: Iterable[int] = (0,)) -> None:
        self._by_priority: dict[int, deque[Any]] = {p: deque() for p in sorted({*priorities} or {0})}
        self._queues = list(self._by_priority.values())
        self.length = 0
        """How many wait; asked for so often that ``len`` would cost as much as the queues."""

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Any:
        for queue in self._queues:
            yield from queue

    def __contains__(self, item: Any) -> bool:
        return any(item in queue for queue in self._queues)

    def push(self, item: Any, priority: int = 0) -> None:
        """Join at the end of those of the same priority."""
        queue = self._by_priority.get(priority)
        if queue is None:
            queue = self._by_priority[priority] = deque()
            self._queues = [self._by_priority[p] for p in sorted(self._by_priority)]
        queue.append(item)
        self.length += 1

    def clear(self) -> None:
        """Everybody leaves."""
        for queue in self._queues:
            queue.clear()
        self.length = 0

    def peek(self) -> Any:
        """The first of the line; raises IndexError when nobody is there."""
        for queue in self._queues:
            if queue:
                return queue[0]
        raise IndexError("nobody waits")

    def pop(self) -> Any:
        """Take the first of the line."""
        for queue in self._queues:
            if queue:
                self.length -= 1
                return queue.popleft()
        raise IndexError("nobody waits")

    def remove(self, item: Any) -> None:
        """Take one from anywhere in the line; ValueError if it isn't there."""
        for queue in self._queues:
            if item in queue:
                queue.remove(item)
                self.length -= 1
                return
        raise ValueError("not in the line")


class StateLog(Generic[State]):
    """What holds at one place, as a step function of time."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps: list[tuple[float, State]] = []
        """(hours, what holds from then on), each unlike the one before."""

    def set(self, now: float, state: State) -> None:
        """From *now* on this holds."""
        steps = self.steps
        if steps and steps[-1][1] == state:
            return
        if steps and steps[-1][0] == now:  # something else has held for no time
            steps.pop()
            self.set(now, state)
        else:
            steps.append((now, state))


class CauseLog:
    """The root cause of waiting at one place, as a step function of time."""

    __slots__ = ("causes", "times")

    def __init__(self, cause: int) -> None:
        self.times = [0.0]
        self.causes = [cause]

    def set(self, now: float, cause: int) -> None:
        """From *now* on it is this cause."""
        causes = self.causes
        if causes[-1] == cause:
            return
        if self.times[-1] != now:
            self.times.append(now)
            causes.append(cause)
        elif len(causes) > 1 and causes[-2] == cause:
            del self.times[-1], causes[-1]  # it has been another for no time
        else:
            causes[-1] = cause
