"""The one file of this folder that Airflow's plugin manager runs; all others are kept out by `.airflowignore`.

The manager would execute each under its bare file name, so that our `hooks` or `mail` could replace somebody else's
module for the whole process (reference airflow.md 0.1). We import our own, under the name `bridge`.
"""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin


class BridgePlugin(AirflowPlugin):
    """Our pages in Airflow. It is light: every process of Airflow loads it at start."""

    name = "bridge"
    external_views: ClassVar = [
        {
            "name": "Shadow report",
            "href": "/bridge/shadow",
            "destination": "nav",
            "category": "browse",
            "url_route": "bridge-shadow",
        },
        {
            "name": "Today",
            "href": "/bridge/today",
            "destination": "nav",
            "category": "browse",
        },
        {
            "name": "Order",
            "href": "/bridge/order",
            "destination": "nav",
            "category": "browse",
        },
        {
            "name": "Review desk",
            "href": "/bridge/review",
            "destination": "nav",
            "category": "browse",
        },
        {
            # Without a `url_route`, so a page of its own: in Airflow's frame neither printing nor the link to the shop works.
            "name": "Reconciliation",
            "href": "/bridge/reconciliation",
            "destination": "nav",
            "category": "browse",
        },
        {
            "name": "Backfill",
            "href": "/bridge/backfill",
            "destination": "nav",
            "category": "browse",
        },
        {
            "name": "Connections",
            "href": "/bridge/connections",
            "destination": "nav",
            "category": "admin",
        },
        {
            "name": "Shop to books",
            "href": "/bridge/run?dag={DAG_ID}&run={RUN_ID}",
            "destination": "dag_run",
            "url_route": "bridge-run",
        },
        {
            "name": "Shop to books",
            "href": "/bridge/run?dag={DAG_ID}&run={RUN_ID}&task={TASK_ID}",
            "destination": "task_instance",
            "url_route": "bridge-task",
        },
    ]
    react_apps: ClassVar = [
        {
            "name": "Bridge: what sleeps",
            "bundle_url": "/bridge/asleep.js",
            "destination": "base",  # on every page of Airflow
            "url_route": "bridge-asleep",
        }
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """A property, so that only the api-server imports the web code."""
        from bridge.console import app

        return [{"app": app, "url_prefix": "/bridge", "name": "bridge"}]
