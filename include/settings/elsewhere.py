"""Where people look at the same thing in the shop and in Xero.

Sources  Xero's deep links name the organisation by its short code, so that who has several is led to the right one
         (developer.xero.com, "Deep linking into Xero"; XeroAPI/xero-mcp-server, deeplinks.ts).
"""

import os
from urllib.parse import quote

XERO_APP_URL = "https://go.xero.com"
# The pages of Xero by what stands there. Payments have none that needs only their id.
_PATHS = {
    "invoice": "/AccountsReceivable/View.aspx?InvoiceID={}",
    "credit_note": "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={}",
    "contact": "/Contacts/View/{}",
}
_SANDBOX_PATHS = {
    "invoice": "/books/invoices/{}",
    "credit_note": "/books/credit-notes/{}",
    "contact": "/books/contacts/{}",
}


def in_xero(kind: str, xero_id: object, short_code: str = "") -> str:
    """The page of a document or contact in Xero; nothing where there is none.

    The local sandbox has pages of its own: `BRIDGE_SANDBOX_URL`.
    """
    sandbox = os.environ.get("BRIDGE_SANDBOX_URL", "").rstrip("/")
    path = (_SANDBOX_PATHS if sandbox else _PATHS).get(kind)
    if path is None or not xero_id:
        return ""
    path = path.format(quote(str(xero_id)))
    if sandbox:
        return f"{sandbox}{path}"
    if short_code:
        return f"{XERO_APP_URL}/organisationlogin/default.aspx?shortcode={quote(short_code)}&redirecturl={quote(path, safe='/')}"
    return f"{XERO_APP_URL}{path}"


def in_shop(control_panel_url: str, order_key: object) -> str:
    """The page of an order in the shop's control panel; nothing where its address is not known."""
    sandbox = os.environ.get("BRIDGE_SANDBOX_URL", "").rstrip("/")
    if sandbox:
        return f"{sandbox}/shop/{quote(str(order_key))}"
    panel = control_panel_url.rstrip("/")
    return f"{panel}/manage/orders/{quote(str(order_key))}" if panel.startswith(("https://", "http://")) else ""
