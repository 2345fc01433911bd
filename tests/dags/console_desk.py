"""The console as it stands inside Airflow, and who looks at it."""

import asyncio

import httpx

KEY = "the secret of Airflow's own forms"
ADDRESS = "http://airflow.example/bridge/"


class Console:
    """Our pages under `/bridge`. Who somebody is, a test says; what they may, Airflow's simple manager is asked for real."""

    def __init__(self, app, stores, monkeypatch):
        from fastapi import FastAPI

        self.app, self.stores, self._patch = app, stores, monkeypatch
        self.whole = FastAPI()
        self.whole.mount("/bridge", app)  # as the plugin says

    def decides(self, store, *names):
        """Write into the store's file who decides about its money."""
        path = self.stores / f"{store}.yaml"
        path.write_text(f"{path.read_text()}deciders: [{', '.join(names)}]\n")

    def __call__(self, who, method, path, *, role="viewer", **sent):
        """Ask as somebody of a role in Airflow; as a stranger where `who` is None."""
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from airflow.api_fastapi.core_api.security import get_user

        # Airflow reads from its cookie who it is, and from its database whether that was revoked.
        overrides = {get_user: lambda: SimpleAuthManagerUser(username=who, role=role)} if who else {}
        self._patch.setattr(self.app, "dependency_overrides", overrides)

        async def asked():
            line = httpx.ASGITransport(self.whole)
            async with httpx.AsyncClient(transport=line, base_url=ADDRESS) as http:
                return await http.request(method, path, **sent)

        return asyncio.run(asked())

    @staticmethod
    def form(answer, action=None):
        """The fields of a form of the page, by what they carry; without `action` of all its forms."""
        from page_reader import PageReader

        fields, wanted = {}, action is None
        for tag, values in PageReader(answer.text).tags:
            if tag == "form" and action is not None:
                wanted = values.get("action", "").partition("?")[0] == action
            if tag == "input" and wanted and "name" in values:
                fields[values["name"]] = values.get("value", "")
        return fields
