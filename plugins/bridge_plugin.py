"""The one file of this folder that Airflow's plugin manager runs; all others are kept out by `.airflowignore`.

The manager would execute each under its bare file name, so that our `hooks` or `mail` could replace somebody else's
module for the whole process (reference airflow.md 0.1). We import our own, under the name `bridge`.
"""

from airflow.plugins_manager import AirflowPlugin


class BridgePlugin(AirflowPlugin):
    """Shows in Airflow's list of plugins. It is light: every process of Airflow loads it at start."""

    name = "bridge"
