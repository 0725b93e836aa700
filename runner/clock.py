"""Sleeping and asyncio without stack switching, the same in every engine: waiting blocks the worker."""

import asyncio
import time

_pause = None


def bind(pause):
    """`pause(ms)` blocks this thread. It belongs to the host, so it cannot live in the memory snapshot."""
    global _pause
    _pause = pause


def _sleep(seconds):
    if not seconds >= 0:
        raise ValueError("sleep length must be non-negative")
    _pause(seconds * 1000)


class _Clock:
    """Stands where an event loop has its selector: there is nothing to listen to, only time."""

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("every task is waiting and nothing can wake them")
        if timeout > 0:
            _sleep(timeout)
        return []


class _Loop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


def _run(main, *, debug=None, loop_factory=None):
    asyncio._set_running_loop(None)
    with asyncio.Runner(debug=debug, loop_factory=loop_factory or _Loop) as runner:
        return runner.run(main)


def install():
    time.sleep = _sleep
    asyncio.run = _run
