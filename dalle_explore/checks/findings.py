"""From the exam's rows to its table and figures."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dalle_explore.statistics import Rate, best_of, macro_average, rate
from dalle_explore.world import FAMILIES

Row = dict[str, Any]
LINES = ("renders", "reconstructions", "nearest", "shuffled")
ALL, SUBJECT = 0, 1  # columns of a summary


def findings(rows: Sequence[Row]) -> dict[str, Rate]:
    """All figures of an exam by name, for example "seen/all_facts/one_sample".

    Per split and macro-averaged over its families: all stated facts right and subject right, for
    one sample, best of n by CLIP, a random one of the same n, any of the same n, and the four
    reference lines; the judge's
    own share of facts right on fresh renders, also per role ("judge/colour1"); CLIP's retrieval;
    the dVAE's ceiling
    ("dvae/ceiling": facts right on reconstructions over facts right on renders).
    """
    found: dict[str, Rate] = {}
    _judge(rows, found)
    hits = {row["family"]: rate(row["hits"]) for row in rows if row["kind"] == "retrieval"}
    found.update({f"retrieval/{family}": r for family, r in hits.items()})
    if hits:
        found["retrieval"] = macro_average(list(hits.values()))
    splits = dict.fromkeys(row["split"] for row in rows if "split" in row)
    for split in splits:
        groups: dict[str, list[Rate]] = {}
        for family in FAMILIES:
            mine = [r for r in rows if r.get("split") == split and r.get("family") == family]
            for name, r in _family(mine).items():
                found[f"{split}/{family}/{name}"] = r
                groups.setdefault(name, []).append(r)
        found.update({f"{split}/{name}": macro_average(rates) for name, rates in groups.items()})
    _ceiling(rows, found)
    return found


def _judge(rows: Sequence[Row], found: dict[str, Rate]) -> None:
    counts: dict[str, list[int]] = {}
    for row in rows:
        if row["kind"] == "judge":
            for role, (right, n) in row["right"].items():
                total = counts.setdefault(role, [0, 0])
                total[0] += right
                total[1] += n
    for role, (right, n) in counts.items():
        found[f"judge/{role}"] = rate([1.0] * right + [0.0] * (n - right))
    if counts:
        right, n = (sum(c[i] for c in counts.values()) for i in (0, 1))
        found["judge"] = rate([1.0] * right + [0.0] * (n - right))


def _family(rows: Sequence[Row]) -> dict[str, Rate]:
    found: dict[str, Rate] = {}
    one = [row for row in rows if row["kind"] == "one"]
    if one:
        drawn = np.concatenate([np.asarray(row["samples"]) for row in one])
        for name, column in (("all_facts", ALL), ("subject", SUBJECT)):
            found[f"{name}/one_sample"] = rate(drawn[:, :, column].mean(axis=1))
            for line in LINES:
                values = np.concatenate([np.asarray(row[line]) for row in one])[..., column]
                found[f"{name}/{line}"] = rate(values.reshape(len(values), -1).mean(axis=1))
    best = [row for row in rows if row["kind"] == "best"]
    if best:
        n = len(best[0]["scores"])
        right = np.asarray([[s[ALL] for s in row["samples"]] for row in best])
        picked = [best_of(row["scores"], r) for row, r in zip(best, right, strict=True)]
        found[f"all_facts/best_of_{n}"] = rate(picked)
        found[f"all_facts/random_of_{n}"] = rate(right.mean(axis=1))
        found[f"all_facts/any_of_{n}"] = rate(right.max(axis=1))
    return found


def _ceiling(rows: Sequence[Row], found: dict[str, Rate]) -> None:
    """Facts right on reconstructions relative to renders, over the seen split."""
    one = [row for row in rows if row["kind"] == "one" and row["split"] == "seen"]
    if not one:
        return
    share: dict[str, Rate] = {}
    for line in ("renders", "reconstructions"):
        values = np.concatenate([np.asarray(row[line]) for row in one])
        share[line] = rate(values[:, 2] / values[:, 3])
        found[f"facts/{line}"] = share[line]
    whole = share["renders"].value
    if whole > 0:
        r = share["reconstructions"]
        found["dvae/ceiling"] = Rate(
            min(1.0, r.value / whole), min(1.0, r.low / whole), min(1.0, r.high / whole), r.n
        )


def roles(rows: Sequence[Row]) -> dict[str, Rate]:
    """How often each role was right in the model's samples, over all splits."""
    counts: dict[str, list[int]] = {}
    for row in rows:
        for role, (right, n) in row.get("roles", {}).items():
            total = counts.setdefault(role, [0, 0])
            total[0] += right
            total[1] += n
    return {role: rate([1.0] * k + [0.0] * (n - k)) for role, (k, n) in counts.items()}


def table(found: dict[str, Rate]) -> str:
    """The figures as aligned lines of text, families under their split."""
    out = ["figure                                          share   95 % interval      units"]
    for name, r in found.items():
        out.append(
            f"{name:<46}{100 * r.value:7.1f} %   {100 * r.low:5.1f} to {100 * r.high:5.1f}"
            f" {r.n:10d}"
        )
    return "\n".join(out)
