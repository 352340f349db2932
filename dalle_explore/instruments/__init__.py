"""What happens inside a model while it draws: functions of (model, trace).

Two families that are never mixed up. *Where it looks*: attention, and what it brings along
(``attention``, ``heads``). *What it depends on*: something is taken away, and the loss is measured
(``knockout``, ``ablation``). Everything starts from ``passes``: one teacher-forced reading of the
recorded codes, in the numeric class of the trace, checked against what was recorded.
"""
