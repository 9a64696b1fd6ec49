"""The files of the work tree: as snapshots, compared, and written back."""
