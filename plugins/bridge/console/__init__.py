"""The pages inside Airflow. Every route asks Airflow who is there: a sub-application is open to the world by itself
(reference airflow.md 4).
"""

from pathlib import Path

from airflow.api_fastapi.core_api.security import AccessView, requires_access_view
from fastapi import Depends, FastAPI
from fastapi.responses import FileResponse, HTMLResponse

from bridge.console import reconciliation

app = FastAPI(title="bridge", docs_url=None, redoc_url=None, openapi_url=None)
Allowed = Depends(requires_access_view(AccessView.PLUGINS))
app.include_router(reconciliation.routes, dependencies=[Allowed])


@app.get("/shadow", response_class=HTMLResponse, dependencies=[Allowed])
def shadow_reports() -> str:
    """The shadow report of every store that runs in shadow."""
    from bridge.console.shadow import sheets

    return sheets()


@app.get("/asleep.js", response_class=FileResponse, dependencies=[Allowed])
def asleep() -> FileResponse:
    """What shows on Airflow's pages which tasks sleep, and until when."""
    return FileResponse(Path(__file__).parent / "asleep.js", media_type="text/javascript")
