"""The console: full pages of Airflow's own server and log-in, and what shows on Airflow's own pages.

    readers.py   who looks, and what they may
    frame.py     what all pages share: navigation, headers, forms
    saying.py    what a reader is told instead of a page
    door.py      where the vendors' webhooks come in
    the others   a page each, by its name in the navigation

Every route asks Airflow who is there: a sub-application is open to the world by itself (reference airflow.md 4).
"""

from pathlib import Path

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import AccessView, requires_access_view
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from bridge.console import backfill, connections, connections_handshake, order, reconciliation, review, run, today
from bridge.console.door import hooks
from bridge.console.frame import note
from bridge.console.saying import Said

app = FastAPI(title="bridge", docs_url=None, redoc_url=None, openapi_url=None)
Allowed = Depends(requires_access_view(AccessView.PLUGINS))
app.include_router(backfill.routes, dependencies=[Allowed])
app.include_router(today.routes, dependencies=[Allowed])
app.include_router(order.routes, dependencies=[Allowed])
app.include_router(run.routes, dependencies=[Allowed])
app.include_router(review.routes, dependencies=[Allowed])
app.include_router(reconciliation.routes, dependencies=[Allowed])
for each in (connections, connections_handshake):
    app.include_router(each.routes, dependencies=[Allowed])
app.mount("/hooks", hooks())  # alone open to the world


@app.exception_handler(Said)
def said(_: Request, told: Said) -> Response:
    """What is said to a reader, as a page."""
    return note(told)


@app.exception_handler(HTTPException)
async def log_in_first(request: Request, error: HTTPException) -> Response:
    """A person whose log-in is gone is led to Airflow's own and back; one who may not is told so."""
    if "text/html" in request.headers.get("accept", ""):
        if error.status_code == 401 and request.method == "GET":
            return RedirectResponse(get_auth_manager().get_url_login(next_url=str(request.url)), status_code=303)
        if error.status_code == 403:
            return note(
                Said(
                    403,
                    "You may not see this",
                    "Airflow does not let your role do it. Ask who gives out roles.",
                    "today",
                )
            )
    return await http_exception_handler(request, error)


@app.get("/shadow", response_class=HTMLResponse, dependencies=[Allowed])
def shadow_reports() -> str:
    """The shadow report of every store that runs in shadow."""
    from bridge.console.shadow import sheets

    return sheets()


@app.get("/asleep.js", response_class=FileResponse, dependencies=[Allowed])
def asleep() -> FileResponse:
    """What shows on Airflow's pages which tasks sleep, and until when."""
    return FileResponse(Path(__file__).parent / "asleep.js", media_type="text/javascript")
