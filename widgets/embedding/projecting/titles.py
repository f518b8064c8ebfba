"""What layouts and their axes are called."""

from __future__ import annotations

from widgets.embedding.projecting.wishes import AXES, SUPERVISE_BY, Wish, projection_of
from widgets.embedding.projecting.words import tr

DOT = " \N{MIDDLE DOT} "
AUTOMATIC = "Automatic"
WORDS = {
    "perplexity": "perplexity",
    "n_neighbors": "neighbors",
    "min_dist": "distance",
    "n_iterations": "iterations",
    "n_epochs": "epochs",
    "metric": "",
    "seed": "seed",
    "start": "start",
    "learning_rate": "rate",
    "early_exaggeration": "exaggeration",
}


def title_of(wish: Wish, n: int) -> str:
    """A layout's name in the list of results, such as "t-SNE 3D · perplexity 30"."""
    return DOT.join((_method(wish), *_parameters(wish, n), *_preparation(wish)))


def _method(wish: Wish) -> str:
    title = projection_of(wish.projection).title
    if wish.projection == "raw":
        return f"{title} {', '.join(map(str, wish.columns))}"
    if wish.projection == "pca":
        return title
    if wish.projection == AXES:
        return ", ".join(one.title for one in wish.axes if not one.is_blank) or title
    return f"{title} {wish.n_dims}D"


def _parameters(wish: Wish, n: int) -> list[str]:
    found = []
    if wish.projection == "tsne" and "perplexity" not in wish.values:
        found.append(f"perplexity {_automatic_perplexity(n):.3g}")
    if wish.projection == "umap" and "n_neighbors" not in wish.values:
        found.append(f"neighbors {wish.value('n_neighbors')}")
    if wish.projection == "pca" and wish.values:
        found.append(f"{wish.value('n_components')} components")
    for name, word in WORDS.items():
        if name in wish.values:
            value = wish.values[name]
            told = f"{value:.4g}" if isinstance(value, float) else str(value)
            found.append(f"{word} {told}".strip())
    if wish.value(SUPERVISE_BY):
        found.append(f"by {wish.value(SUPERVISE_BY)}")
    return found


def _preparation(wish: Wish) -> list[str]:
    preparation, found = wish.preparation, []
    if preparation.center:
        found.append("centered")
    if preparation.unit_length:
        found.append("unit length")
    if preparation.n_components is not None:
        found.append(f"PCA {preparation.n_components} first")
    if preparation.whiten:
        found.append("whitened")
    return found


def axis_names(wish: Wish, n_columns: int) -> tuple[str, ...]:
    """One an axis; axes that have no meaning of their own are counted."""
    if wish.projection == AXES:
        return tuple(one.title for one in wish.axes if not one.is_blank)
    if wish.projection == "raw":
        return tuple(
            tr("Column {n}").format(n=column) for column in wish.columns if column <= n_columns
        )
    title = projection_of(wish.projection).title
    return tuple(f"{title} {i + 1}" for i in range(wish.n_dims))


def automatic_text(wish: Wish, name: str, n: int) -> str:
    """What a parameter that is found by itself comes to for n points."""
    if name == "perplexity":
        return f"{AUTOMATIC} ({_automatic_perplexity(n):.3g})"
    if name == "n_epochs":
        return f"{AUTOMATIC} ({500 if n <= 10_000 else 200})"
    if name == "learning_rate" and wish.projection == "tsne":
        exaggeration = max(1.0, float(wish.value("early_exaggeration")))
        return f"{AUTOMATIC} ({max(200.0, n / exaggeration):.0f})"
    return AUTOMATIC


def _automatic_perplexity(n: int) -> float:
    return min(30.0, max(1.0, (n - 1) / 3))
