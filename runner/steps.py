"""Counts the lines that the learner's own files execute, and ends a run that executes too many.

A line counts as `sys.settrace` would count it, a loop written on one line included. `sys.monitoring` does it in about
half the time of a trace function, because a place that need not be counted is switched off after its first event.
"""

import sys

_monitoring = sys.monitoring
_TOOL = 2
_EVENTS = _monitoring.events.LINE | _monitoring.events.JUMP
_DISABLE = _monitoring.DISABLE


class StepLimit(BaseException):
    """Not an Exception: a learner's `except Exception` must not keep an endless loop alive."""


class Steps:
    def __init__(self):
        self.count = 0
        self.limit = None
        self._files = frozenset()
        self._lines = {}

    def watch(self, files):
        """From now on every line of these files counts. `files` are file names as their code objects carry them."""
        self._files = frozenset(files)
        _monitoring.use_tool_id(_TOOL, "slipway")
        _monitoring.register_callback(_TOOL, _monitoring.events.LINE, self._line)
        _monitoring.register_callback(_TOOL, _monitoring.events.JUMP, self._jump)
        _monitoring.set_events(_TOOL, _EVENTS)

    def begin(self, limit):
        """Starts again at 0; more than `limit` lines raise StepLimit (None: no limit)."""
        self.count = 0
        self.limit = limit

    def stop(self):
        self.limit = None
        if self._files:
            try:
                _monitoring.set_events(_TOOL, 0)
            except ValueError:
                pass  # the learner's program freed the tool

    def _add(self):
        self.count += 1
        if self.limit is not None and self.count > self.limit:
            raise StepLimit

    def _line(self, code, line):
        if code.co_filename not in self._files:
            return _DISABLE
        self._add()

    def _jump(self, code, start, target):
        if code.co_filename not in self._files:
            return _DISABLE
        if target > start or self._line_of(code, target) != self._line_of(code, start):
            return _DISABLE  # the line event counts it
        self._add()

    def _line_of(self, code, offset):
        spans = self._lines.get(code)
        if spans is None:
            spans = self._lines[code] = list(code.co_lines())
        for first, end, line in spans:
            if first <= offset < end:
                return line
        return None
