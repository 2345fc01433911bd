"""Business risk: a stranger lets his own organisation into a merchant's store, an answer is taken twice or by another person, a
token stands on a page; or nobody can connect a store without a terminal.
"""

import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg2
import pytest
from page_reader import PageReader

from include.sandbox.town import Town

KEY = "a key of the tests of the console"
ADDRESS = "http://localhost:8080"
CALLBACK = f"{ADDRESS}/bridge/connections/callback"
INSTALLED = f"{ADDRESS}/bridge/connections/installed"
OTHER = "5a9db0c5-0000-4000-8000-0000000000bb"
ROUTES = [
    ("GET", "connections"),
    ("POST", "connections/test"),
    ("POST", "connections/connect"),
    ("GET", "connections/callback"),
    ("POST", "connections/choose"),
    ("GET", "connections/installed"),
]


@pytest.fixture(scope="module")
def served():
    town = Town.demo()
    with town.serve() as base:
        yield town, base


class Desk:
    """The page, the sandbox's consent page, and a person who goes from one to the other with one browser."""

    def __init__(self, console, town, base, postgres, monkeypatch):
        self.console, self.town, self.base, self.postgres, self.patch = console, town, base, postgres, monkeypatch
        self.kept, self.written = {}, []
        self.connection("xero", client_id="sandbox-client", client_secret="sandbox-secret", identity_url=base,
                        grant="authorization_code")  # fmt: skip
        self.connection("bigcommerce", store_hash="au1", access_token="sandbox-bc-token", login_url=base)

    def connection(self, kind, **extra):
        told = {"conn_type": kind, "host": self.base, "port": 0, "extra": extra}
        self.patch.setenv(f"AIRFLOW_CONN_{kind.upper()}_AU", json.dumps(told))

    def ask(self, who, method, path, *, role="op", cookie="", **sent):
        if cookie:
            sent["headers"] = {**sent.get("headers", {}), "cookie": f"bridge_connect={cookie}"}
        return self.console(who, method, f"{ADDRESS}/bridge/{path}", role=role, **sent)

    def form(self, who, vendor, action):
        """What the form of that vendor's card carries."""
        text = self.ask(who, "GET", "connections?store=au").text
        for form in re.findall(rf'<form method="post" action="connections/{action}">(.*?)</form>', text, re.DOTALL):
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
            if fields["vendor"] == vendor:
                return fields
        return None

    def begin(self, who="ops", vendor="xero"):
        """Press Connect: the vendor's address, and the browser's cookie."""
        answer = self.ask(who, "POST", "connections/connect", data=self.form(who, vendor, "connect"))
        assert answer.status_code == 200, answer.text
        [link] = [v["href"] for tag, v in PageReader(answer.text).tags if tag == "a" and v.get("id") == "on"]
        return link, answer.cookies.get("bridge_connect") or answer.headers["set-cookie"].split("=")[1].split(";")[0]

    def allow(self, link, **said):
        """Press Allow at the vendor's: what of our address and query the browser is sent back to."""
        with httpx.Client(trust_env=False) as browser:
            assert browser.get(link).status_code == 200
            told = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
            back = browser.post(link, data=told | {"answer": "allow"} | said)
        place = urlsplit(back.headers["location"])
        return f"{place.path.removeprefix('/bridge/')}?{place.query}"

    def rows(self, statement):
        connection = psycopg2.connect(self.postgres.owner_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            names = [column.name for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection.close()
        return found

    def consents(self):
        return self.rows("SELECT * FROM oauth_token WHERE connection = 'xero_au'")

    def audited(self):
        return self.rows("SELECT event, content FROM audit_entry WHERE store = 'au' ORDER BY sequence")

    def secrets(self):
        return [*self.town.books.tokens.scopes, *self.town.books.consents._refresh, "sandbox-secret", KEY]


@pytest.fixture
def desk(console, served, postgres, monkeypatch):
    town, base = served
    town.reset("demo")
    town.limits.enforced = False
    town.books.consents.redirect_uris.add(CALLBACK)
    town.shop.app.callback = INSTALLED
    monkeypatch.setenv("BRIDGE_KEY", KEY)
    connection = psycopg2.connect(postgres.owner_dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE oauth_token, handshake, connection_seen")
    connection.close()
    return Desk(console, town, base, postgres, monkeypatch)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_each_route_refuses_a_stranger_and_whom_airflow_does_not_let_edit_connections(desk, method, path):
    form = {"store": "au", "vendor": "xero", "token": "x", "state": "x", "tenant": "x"} if method == "POST" else None

    assert desk.ask(None, method, path, data=form).status_code == 401
    for role in ("viewer", "user"):
        refused = desk.ask("finance", method, path, role=role, data=form)
        assert (refused.status_code, refused.json()) == (
            403,
            {"detail": "Forbidden"},
        )  # by Airflow, before we look at it
    assert desk.rows("SELECT 1 FROM handshake") == []


@pytest.mark.parametrize("action", ["test", "connect"])
def test_a_form_that_is_another_persons_or_anothers_or_of_another_site_does_nothing(desk, action):
    mine = desk.form("ops", "xero", action)

    assert desk.ask("eve", "POST", f"connections/{action}", data=mine).status_code == 403
    assert desk.ask("ops", "POST", f"connections/{action}", data=mine | {"vendor": "bigcommerce"}).status_code == 403
    assert desk.ask("ops", "POST", f"connections/{action}", data=mine | {"store": "nz"}).status_code == 403
    far = {"sec-fetch-site": "cross-site"}
    assert desk.ask("ops", "POST", f"connections/{action}", data=mine, headers=far).status_code == 403
    assert desk.rows("SELECT 1 FROM handshake UNION ALL SELECT 1 FROM connection_seen") == []


def test_a_person_connects_xero_from_the_page_and_what_was_granted_stands_there(desk):
    assert "Nobody has consented yet." in desk.ask("ops", "GET", "connections?store=au").text

    link, cookie = desk.begin()
    back = desk.ask("ops", "GET", desk.allow(link), cookie=cookie)

    assert (back.status_code, back.headers["location"]) == (303, "../connections?store=au&done=connected-xero")
    [row] = desk.consents()
    name = desk.town.books.organisation["Name"]
    assert (row["tenant_name"], row["consented_by"], row["state"]) == (name, "ops", "good")
    page = desk.ask("ops", "GET", "connections?store=au&done=connected-xero")
    shown = PageReader(page.text).words
    assert "Connected with Xero." in shown
    assert f"{name}, by ops on" in shown
    assert "accounting.payments payments granted" in " ".join(shown.split())
    assert "Consent again" in shown
    assert not [each for each in desk.secrets() if each in page.text]


def test_the_audit_says_who_connected_which_organisation_with_which_scopes_and_no_token(desk):
    before = len(desk.audited())
    link, cookie = desk.begin()
    desk.ask("ops", "GET", desk.allow(link), cookie=cookie)

    [entry] = desk.audited()[before:]
    assert entry["event"] == "connected"
    told = entry["content"]
    assert (told["by"], told["vendor"], told["organisation"]) == ("ops", "xero", desk.town.books.organisation["Name"])
    assert "accounting.invoices" in told["scopes"]
    assert not [each for each in desk.secrets() if each in json.dumps(told)]


def test_an_answer_is_taken_once_and_of_the_person_and_browser_that_asked(desk):
    link, cookie = desk.begin()
    answer = desk.allow(link)

    for who, held in (("eve", cookie), ("ops", ""), ("ops", "another-browser")):
        refused = desk.ask(who, "GET", answer, cookie=held)
        assert refused.status_code == 403, (who, held)
        assert "belongs to no question" in refused.text
    forged = answer.replace("state=", "state=x")
    assert desk.ask("ops", "GET", forged, cookie=cookie).status_code == 403
    assert desk.consents() == []
    assert desk.ask("ops", "GET", answer, cookie=cookie).status_code == 303
    assert desk.ask("ops", "GET", answer, cookie=cookie).status_code == 403


def test_a_state_is_signed_for_one_person_and_one_browser_before_any_table_is_asked():
    from include.connecting.handshakes import Asker

    mine = Asker("ops", "browser", "the key")
    state = mine.signed("a nonce")

    assert mine.is_mine(state)
    for other in (Asker("eve", "browser", "the key"), Asker("ops", "another", "the key"), Asker("ops", "browser", "k")):
        assert not other.is_mine(state)
    assert not mine.is_mine(state + "0")
    assert not mine.is_mine("")
    assert not Asker("ops", "", "the key").is_mine(Asker("ops", "", "the key").signed("a nonce"))
    assert "browser" not in repr(mine)


def test_an_answer_after_ten_minutes_is_too_late(desk):
    link, cookie = desk.begin()
    answer = desk.allow(link)
    connection = psycopg2.connect(desk.postgres.owner_dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("UPDATE handshake SET ends_at = clock_timestamp() - INTERVAL '1 second'")
    connection.close()

    assert desk.ask("ops", "GET", answer, cookie=cookie).status_code == 403
    assert desk.consents() == []


def test_a_no_and_whatever_else_xero_sends_back_is_told_in_words(desk):
    link, cookie = desk.begin()
    answer = desk.ask("ops", "GET", desk.allow(link, answer="deny"), cookie=cookie)

    assert answer.status_code == 409
    assert "Access was not allowed" in answer.text
    assert desk.audited()[-1]["event"] == "handshake_refused"
    link, cookie = desk.begin()
    state = parse_qs(urlsplit(link).query)["state"][0]
    odd = desk.ask("ops", "GET", f"connections/callback?error=%3Cscript%3E&state={state}", cookie=cookie)
    assert "<script>&lt;" not in odd.text
    assert "&lt;script&gt;" in odd.text
    assert desk.consents() == []


def test_a_code_that_xero_does_not_take_connects_nothing_and_is_told_without_it(desk):
    link, cookie = desk.begin()
    state = parse_qs(urlsplit(link).query)["state"][0]

    answer = desk.ask("ops", "GET", f"connections/callback?code=planted-code&state={state}", cookie=cookie)

    assert answer.status_code == 409
    assert "invalid_grant" in answer.text
    assert "planted-code" not in answer.text + json.dumps(desk.audited())
    again = f"connections/callback?code=another-code&state={state}"
    assert desk.ask("ops", "GET", again, cookie=cookie).status_code == 403  # a state is answered once, well or not
    assert desk.consents() == []


def test_who_has_only_the_code_is_given_nothing_for_it(desk):
    link, _ = desk.begin()
    code = parse_qs(urlsplit(desk.allow(link)).query)["code"][0]
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    answer = httpx.post(
        f"{desk.base}/connect/token", data=told, auth=("sandbox-client", "sandbox-secret"), trust_env=False
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_of_several_organisations_the_person_chooses_one_once(desk):
    desk.town.books.consents.organisations[OTHER] = "The other one"
    desk.town.books.connected[OTHER] = "The other one"
    link, cookie = desk.begin()
    asked = desk.ask("ops", "GET", desk.allow(link), cookie=cookie)

    assert "Which organisation?" in asked.text
    assert desk.consents() == []
    assert not [each for each in desk.secrets() if each in asked.text]
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text)) | {"tenant": OTHER}
    assert desk.ask("eve", "POST", "connections/choose", cookie=cookie, data=form).status_code == 403
    assert desk.ask("ops", "POST", "connections/choose", cookie="another", data=form).status_code == 403
    assert desk.ask("ops", "POST", "connections/choose", cookie=cookie, data=form).status_code == 303
    assert desk.consents()[0]["tenant_name"] == "The other one"
    assert desk.ask("ops", "POST", "connections/choose", cookie=cookie, data=form).status_code == 403
    assert desk.rows("SELECT 1 FROM handshake") == []


def test_what_is_kept_of_a_handshake_opens_nothing_for_who_reads_the_table(desk):
    link, cookie = desk.begin()
    state = parse_qs(urlsplit(link).query)["state"][0]

    kept = str([{name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()}
                for row in desk.rows("SELECT * FROM handshake")])  # fmt: skip

    assert state not in kept
    assert cookie not in kept
    reader = psycopg2.connect(desk.postgres.reader_dsn)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), reader.cursor() as cursor:
        cursor.execute("SELECT * FROM handshake")
    reader.close()


def test_a_connection_that_nobody_made_and_a_manager_of_secrets_that_fails_are_told_apart(desk, monkeypatch):
    from airflow import configuration

    class VaultBackend:
        def get_connection(self, conn_id):
            raise RuntimeError(f"planted-secret of {conn_id}")

    monkeypatch.delenv("AIRFLOW_CONN_XERO_AU")
    monkeypatch.setattr(configuration, "ensure_secrets_loaded", lambda: [])
    assert "There is no Connection xero_au." in desk.ask("ops", "GET", "connections?store=au").text
    monkeypatch.setattr(configuration, "ensure_secrets_loaded", lambda: [VaultBackend()])
    shown = desk.ask("ops", "GET", "connections?store=au").text
    assert "Connection xero_au could not be read from HashiCorp Vault." in shown
    assert "planted-secret" not in shown


def test_the_page_runs_its_own_style_and_script_and_the_way_out_is_no_form(desk):
    page = desk.ask("ops", "GET", "connections?store=au")
    out = desk.ask("ops", "POST", "connections/connect", data=desk.form("ops", "xero", "connect"))

    for answer in (page, out):
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "form-action 'self'" in policy
        assert answer.headers["cache-control"] == "no-store"
    cookie = out.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/bridge/connections;" in cookie
    assert "form" not in {tag for tag, values in PageReader(out.text).tags if values.get("method") == "post"}


def test_a_custom_connection_has_no_button_and_says_how_it_logs_in(desk):
    desk.connection("xero", client_id="sandbox-client", client_secret="sandbox-secret", identity_url=desk.base)

    assert desk.form("ops", "xero", "connect") is None
    assert "Custom Connection" in desk.ask("ops", "GET", "connections?store=au").text


def test_xero_is_not_asked_to_send_somebody_to_an_address_that_it_does_not_take(desk):
    form = desk.form("ops", "xero", "connect")
    answer = desk.console("ops", "POST", "http://127.0.0.1:8080/bridge/connections/connect", role="op", data=form)

    assert answer.status_code == 409
    assert "http://localhost" in answer.text


def test_test_asks_for_real_and_what_it_found_stands_on_the_page(desk):
    link, cookie = desk.begin()
    desk.ask("ops", "GET", desk.allow(link), cookie=cookie)

    answer = desk.ask("ops", "POST", "connections/test", data=desk.form("ops", "xero", "test"))
    assert answer.headers["location"].endswith("done=tested-xero")
    [seen] = desk.rows("SELECT * FROM connection_seen WHERE connection = 'xero_au'")
    assert seen["worked_said"].startswith(
        f"Xero answers for {desk.town.books.organisation['Name']}, in AUD. All 4 scopes"
    )
    assert "calls are left today." in seen["worked_said"]
    assert seen["worked_said"] in PageReader(desk.ask("ops", "GET", "connections?store=au").text).words


def test_a_test_that_fails_says_why_without_the_secret(desk):
    desk.connection("bigcommerce", store_hash="au1", access_token="not-the-token")

    answer = desk.ask("ops", "POST", "connections/test", data=desk.form("ops", "bigcommerce", "test"))

    assert answer.headers["location"].endswith("done=refused-bigcommerce")
    shown = desk.ask("ops", "GET", "connections?store=au").text
    assert "last test failed" in shown
    assert "not-the-token" not in shown


def test_the_owner_installs_the_app_and_the_token_goes_into_airflows_own_connection(desk, monkeypatch):
    from bridge.console import connections_kept

    desk.connection("bigcommerce", store_hash="demo1", client_id="sandbox-app", client_secret="sandbox-app-secret",
                    login_url=desk.base)  # fmt: skip
    path = desk.console.stores / "au.yaml"
    path.write_text(path.read_text().replace("store_hash: au1", "store_hash: demo1"))
    assert (
        desk.form("ops", "bigcommerce", "connect") is None
    )  # an environment variable: nothing of ours can write there
    env = connections_kept.found
    monkeypatch.setattr(connections_kept, "found", lambda conn_id: (env(conn_id)[0], connections_kept.CAN_WRITE))
    monkeypatch.setattr(connections_kept, "keep_token", lambda *told: desk.written.append(told))

    link, cookie = desk.begin(vendor="bigcommerce")
    with httpx.Client(trust_env=False) as browser:
        place = urlsplit(browser.post(link, data={"answer": "confirm"}).headers["location"])
    answer = f"connections/installed?{place.query}"
    assert desk.ask("ops", "GET", answer, cookie="another").status_code == 403
    back = desk.ask("ops", "GET", answer, cookie=cookie)

    assert back.headers["location"].endswith("done=connected-bigcommerce")
    assert desk.written == [("bigcommerce_au", "demo1", desk.town.shop.app.token)]
    assert desk.audited()[-1]["content"]["shop"] == "demo1"
    assert desk.town.shop.app.token not in json.dumps(desk.audited())
    assert desk.ask("ops", "GET", answer, cookie=cookie).status_code == 403


def test_an_installation_of_another_store_is_not_taken(desk, monkeypatch):
    from bridge.console import connections_kept

    desk.connection("bigcommerce", store_hash="au1", client_id="sandbox-app", client_secret="sandbox-app-secret",
                    login_url=desk.base)  # fmt: skip
    env = connections_kept.found
    monkeypatch.setattr(connections_kept, "found", lambda conn_id: (env(conn_id)[0], connections_kept.CAN_WRITE))
    monkeypatch.setattr(connections_kept, "keep_token", lambda *told: desk.written.append(told))
    _, cookie = desk.begin(vendor="bigcommerce")

    answer = desk.ask("ops", "GET", "connections/installed?code=x&context=stores/demo1&scope=y", cookie=cookie)

    assert answer.status_code == 409
    assert "not the answer of the store au1" in answer.text
    assert desk.written == []
