"""Was the officer on duty? Pure rules, in whole epoch seconds, without Django.

``compute(DayInput, Policy)`` of :mod:`.day` is the way in; ``explain`` of :mod:`.explain` says why. The
subjects have a module each: :mod:`.policy` (every number), :mod:`.pings` (what a phone said), :mod:`.clock`
(when it really was), :mod:`.online` (from moments to time), :mod:`.area`, :mod:`.shifts`,
:mod:`.corrections`, :mod:`.states`. The rules in plain words: ``docs/attendance.md``.
"""
