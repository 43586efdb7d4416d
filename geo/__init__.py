"""Where things are: coordinates, cells, tiles, areas. Begin with `morton`, the keys that everything is sorted by."""
