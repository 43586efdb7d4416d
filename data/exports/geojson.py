"""GeoJSON (RFC 7946): one collection of points, streamed; what it is stands in a member of its own, `about`."""

import json
from collections.abc import Iterator
from typing import Any

from data.exports.rows import Batch, Export


def feature_collection(export: Export) -> Iterator[bytes]:
    """A building without a place on the map is a feature without a geometry."""
    about = {line.key: line.text for line in export.about}
    about["fields"] = {column.key: column.heading for column in export.columns}
    yield f'{{"type":"FeatureCollection","about":{_json(about)},"features":[\n'.encode()
    between = ""
    for batch in export.batches():
        yield (between + ",\n".join(_features(batch))).encode()
        between = ",\n"
    yield b"\n]}\n"


def _features(batch: Batch) -> Iterator[str]:
    for values in zip(*batch.values(), strict=True):
        properties = dict(zip(batch, values, strict=True))
        lon, lat = properties.pop("lon"), properties.pop("lat")
        place = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
        yield _json({"type": "Feature", "geometry": place, "properties": properties})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
