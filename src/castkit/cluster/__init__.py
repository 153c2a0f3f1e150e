"""The same steps on many machines: files travel through a private store, work through a Dask scheduler."""
