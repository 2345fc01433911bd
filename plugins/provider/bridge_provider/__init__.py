"""The typed Connections. On PYTHONPATH with the dist-info beside it: no package to build or install."""
