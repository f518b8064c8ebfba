"""What a point holds that is no single number, as a frozen value of its plugin's own type.

The payloads of PR curves and hyperparameters are read by the modules that know what they mean;
those of `tensor`, `npmi` and unknown plugins by projector.logs.tensors.read_tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from projector.logs.payloads.audio import describe_audio, read_audio
from projector.logs.payloads.custom_scalars import describe_layout, read_layout
from projector.logs.payloads.graphs import describe_graph, read_graph
from projector.logs.payloads.histograms import describe_histogram, read_histogram
from projector.logs.payloads.images import describe_images, read_images
from projector.logs.payloads.keras import read_keras_model
from projector.logs.payloads.mesh import describe_mesh_part, read_mesh_part
from projector.logs.payloads.run_metadata import describe_run_metadata, read_run_metadata
from projector.logs.payloads.text import describe_text, read_text
from projector.logs.series import Series
from projector.logs.tensors import read_tensor

PAYLOADS: Mapping[str, Callable[[Series, int], Any]] = MappingProxyType(
    {
        "histograms": read_histogram,
        "images": read_images,
        "audio": read_audio,
        "text": read_text,
        "mesh": read_mesh_part,
        "custom_scalars": read_layout,
        "graphs": read_graph,
        "graph_keras_model": read_keras_model,
        "graph_run_metadata": read_run_metadata,
        "graph_run_metadata_graph": read_run_metadata,
        "graph_tagged_run_metadata": read_run_metadata,
    }
)
"""Plugin to reader of one point: `read(series, i)`; raises Unreadable, and TooLarge."""

_DESCRIBE: Mapping[str, Callable[[Any], str]] = {
    "histograms": describe_histogram,
    "images": describe_images,
    "audio": describe_audio,
    "text": describe_text,
    "mesh": describe_mesh_part,
    "custom_scalars": describe_layout,
    "graphs": describe_graph,
    "graph_keras_model": describe_graph,
    "graph_run_metadata": describe_run_metadata,
    "graph_run_metadata_graph": describe_run_metadata,
    "graph_tagged_run_metadata": describe_run_metadata,
}


def describe_payload(series: Series, i: int) -> str:
    """What point i holds, in a few words, such as "30 buckets, 1,024 values".

    Raises Unreadable, and TooLarge.
    """
    if series.plugin in PAYLOADS:
        return _DESCRIBE[series.plugin](PAYLOADS[series.plugin](series, i))
    tensor = read_tensor(series, i)
    if series.values is not None:
        return f"{tensor:g}"
    kind = "texts" if tensor.dtype == object else tensor.dtype.name
    return f"{kind} of shape {list(tensor.shape)}"
