"""The ground of a city: what the map draws under areas and buildings."""

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from data.db.models.city import City, GroundFeature


def ground_features(session: Session, city: City) -> pd.DataFrame:
    """kind, road_class, name, name_en (None where nothing is said), import_id, geometry (shapely, WGS 84); of each kind
    those of the latest import that brought any."""
    of_city = GroundFeature.city_id == city.id
    latest = (
        select(GroundFeature.kind, func.max(GroundFeature.import_id).label("import_id"))
        .where(of_city)
        .group_by(GroundFeature.kind)
        .subquery()
    )
    names = ["kind", "road_class", "name", "name_en", "import_id", "geometry"]
    question = select(*(getattr(GroundFeature, name) for name in names)).join(
        latest, and_(GroundFeature.kind == latest.c.kind, GroundFeature.import_id == latest.c.import_id)
    )
    rows = session.execute(question.where(of_city).order_by(GroundFeature.id)).all()
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    geometry = shapely.from_wkb(frame["geometry"].to_numpy()) if len(frame) else np.empty(0, object)
    return frame.assign(geometry=geometry)
