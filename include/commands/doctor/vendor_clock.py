"""How far our clock is from a vendor's."""

from __future__ import annotations

from datetime import datetime

from include.settings.finding import Finding, fail, not_asked, ok, warn

SKEW_TOLD_S = 30.0


def clock_against(vendor: str, theirs: datetime | None, ours: datetime, overlap_s: float) -> Finding:
    """How far our clock is from a vendor's.

    overlap_s   by how much two windows overlap: from there on, orders fall between them (reference bigcommerce.md 3).
    """
    check = f"clock against {vendor}"
    if theirs is None:
        return not_asked(check, f"{vendor} does not say what time it has", "Compare this machine's clock by hand.")
    skew_s = (ours - theirs).total_seconds()
    ahead = "ahead of" if skew_s > 0 else "behind"
    remedy = "Have this machine's clock set by NTP."
    if abs(skew_s) > overlap_s:
        words = (
            f"our clock is {abs(skew_s):.0f} s {ahead} {vendor}'s, more than the {overlap_s:.0f} s that windows overlap"
        )
        return fail(check, f"{words}: orders would be missed or late.", remedy)
    if abs(skew_s) > SKEW_TOLD_S:
        return warn(check, f"our clock is {abs(skew_s):.0f} s {ahead} {vendor}'s.", remedy)
    return ok(check, f"our clock is within {SKEW_TOLD_S:.0f} s of {vendor}'s.")
