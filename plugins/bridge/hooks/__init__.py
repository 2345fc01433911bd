"""An Airflow Connection becomes a client. They do not inherit HttpHook: it sends unknown extras as request headers."""
