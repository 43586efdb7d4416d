"""Where things are: coordinates, cells, tiles, areas."""
