"""What a projection will take, told before it begins."""

from __future__ import annotations

from projector.embeddings.embedding import Embedding
from projector.embeddings.memory import check_fits
from projector.projections.contract import Estimate
from projector.projections.prepare import estimate_bytes
from widgets.embedding.projecting.wishes import AXES, ITERATIVE, Wish, projection_of
from widgets.embedding.projecting.words import tr

_SHORT_S = 1.0
_LITTLE = 64 << 20


def estimate_of(wish: Wish, embedding: Embedding) -> Estimate | None:
    """Memory and time; None where there is nothing to tell yet. Raises InvalidChoice, TooLarge."""
    n, d = embedding.n_points, embedding.n_dims
    if wish.is_at_hand or (wish.projection == AXES and not wish.axes):
        return None
    n_prepared = wish.preparation.n_components
    width = d if n_prepared is None else min(n_prepared, n, d)
    preparing = estimate_bytes(n, d, wish.preparation)
    if wish.projection == AXES:
        found = Estimate(12 * n * width, 0.01 + 1e-8 * n * width)
    else:
        parameters = wish.parameters()
        if hasattr(parameters, "perplexity_for"):
            parameters.perplexity_for(n)
        found = projection_of(wish.projection).estimate(n, width, parameters)
    total = Estimate(found.n_bytes + preparing, found.seconds)
    title = projection_of(wish.projection).title
    check_fits(total.n_bytes, tr("{title} of {n} points").format(title=title, n=f"{n:,}"))
    return total


def estimate_text(wish: Wish, embedding: Embedding) -> str:
    """In words, "" where it takes next to nothing. Raises InvalidChoice, TooLarge."""
    estimate = estimate_of(wish, embedding)
    if estimate is None or (wish.projection not in ITERATIVE and estimate.seconds < _SHORT_S):
        return ""
    time = time_text(estimate.seconds)
    if estimate.n_bytes < _LITTLE:
        return tr("Takes {time}.").format(time=time)
    return tr("Takes {time}, {memory}.").format(time=time, memory=memory_text(estimate.n_bytes))


def time_text(seconds: float) -> str:
    """A rough time, such as "about 40 seconds"."""
    if seconds < _SHORT_S * 1.5:
        return tr("about a second")
    if seconds < 90:
        rounded = round(seconds) if seconds < 10 else 5 * round(seconds / 5)
        return tr("about {n} seconds").format(n=rounded)
    if seconds < 90 * 60:
        return tr("about {n} minutes").format(n=round(seconds / 60))
    return tr("about {n} hours").format(n=f"{seconds / 3600:.1f}")


def memory_text(n_bytes: int) -> str:
    """Such as "120 MB" or "1.4 GB"."""
    if n_bytes < 1 << 30:
        return f"{n_bytes / (1 << 20):.0f} MB"
    return f"{n_bytes / (1 << 30):.1f} GB"
