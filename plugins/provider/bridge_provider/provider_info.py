"""The forms of our Connections, as Airflow reads them (reference airflow.md 1).

This module imports nothing: Airflow loads it while it reads its own configuration, and an error here would break every
`import airflow`.

Two of Airflow's habits shape the forms (3.3.2, seen in the browser):
- It masks every extra whose name holds "token" or "secret", its default too: `token_url` came up as `***`, and was saved
  as that. So the token service is `identity_url`. What it does not take for a secret, its REST API shows in clear: so Xero's
  webhooks key is `webhook_secret`, since "key" alone is masked nowhere.
- The Test button refuses a Connection whose port is not stored ("host or port to test differs"), because it sends 0 for an
  empty one. So the port is shown, and 0 is asked for: it means that the URL says it. The console's own Test needs none.
"""


def get_provider_info() -> dict[str, object]:
    """The three types of Connection. The name is that of the dist-info beside this package."""
    secret = {"type": "string", "minLength": 1, "format": "password"}
    text = {"type": "string", "minLength": 1}
    optional = {"type": ["string", "null"]}
    optional_secret = {**optional, "format": "password"}
    hidden = ["schema", "login", "password"]
    relabeling = {"host": "API base URL", "port": "Port (type 0)"}
    return {
        "package-name": "bridge-airflow-provider",
        "name": "BigCommerce to Xero",
        "description": "Typed Connections for a BigCommerce store, a Xero organisation and a warehouse feed.",
        "connection-types": [
            {
                "connection-type": "bigcommerce",
                "hook-class-name": "bridge.hooks.bigcommerce.BigCommerceHook",
                "hook-name": "BigCommerce store",
                "conn-fields": {
                    "store_hash": {
                        "label": "Store hash",
                        "description": "The part after /stores/ in the API path of the API account.",
                        "schema": text,
                    },
                    "access_token": {
                        "label": "Access token",
                        "description": "Of a store-level API account, or put here by Connect. Read-only: Orders, Order "
                        "transactions, Products, "
                        "Information & settings; for stock also Store locations, and Store inventory: modify.",
                        "schema": secret,
                    },
                    "client_id": {
                        "label": "Client id",
                        "description": "Of the API account, or of your app. With it and the secret, Connect in the console "
                        "installs the app. Empty for a store-level token alone.",
                        "schema": optional,
                    },
                    "client_secret": {
                        "label": "Client secret",
                        "description": "Shown once, with the id. It also proves the signature of webhooks, where they carry one.",
                        "schema": optional_secret,
                    },
                    "login_url": {
                        "label": "Login URL",
                        "description": "Where an app is installed. Empty means https://login.bigcommerce.com.",
                        "schema": optional,
                    },
                },
                "ui-field-behaviour": {
                    "hidden-fields": hidden,
                    "relabeling": relabeling,
                    "placeholders": {
                        "host": "empty means https://api.bigcommerce.com",
                        "port": "0: as the URL says. Without it, Test refuses",
                    },
                },
            },
            {
                "connection-type": "xero",
                "hook-class-name": "bridge.hooks.xero.XeroHook",
                "hook-name": "Xero organisation",
                "conn-fields": {
                    "grant": {
                        "label": "Grant",
                        "description": "client_credentials for a Custom Connection. authorization_code for an app that a "
                        "person lets in: then press Connect on the page Connections (or `make connect-xero STORE=key`).",
                        "schema": {
                            **text,
                            "enum": ["client_credentials", "authorization_code"],
                            "default": "client_credentials",
                        },
                    },
                    "client_id": {
                        "label": "Client id",
                        "description": "Of the Custom Connection or app, made at developer.xero.com.",
                        "schema": text,
                    },
                    "client_secret": {
                        "label": "Client secret",
                        "description": "Shown once, when it is made.",
                        "schema": secret,
                    },
                    "webhook_secret": {
                        "label": "Webhooks key",
                        "description": "Of the app's webhooks, at developer.xero.com. Empty: nothing of Xero's webhooks is "
                        "believed, and what people change in Xero is seen by the runs by the clock.",
                        "schema": optional_secret,
                    },
                    "tenant_id": {
                        "label": "Tenant id",
                        "description": "Empty for a Custom Connection: it names its organisation itself. With a consent, "
                        "empty means the organisation that was chosen.",
                        "schema": optional,
                    },
                    "scopes": {
                        "label": "Scopes",
                        "description": "Empty for accounting.invoices, .payments, .contacts, .settings.read. "
                        "An app from before March 2026 may have accounting.transactions for the first two.",
                        "schema": optional,
                    },
                    "identity_url": {
                        "label": "Identity URL",
                        "description": "Where tokens are given out.",
                        "schema": {**text, "default": "https://identity.xero.com"},
                    },
                    "login_url": {
                        "label": "Login URL",
                        "description": "Where people consent. Empty means https://login.xero.com.",
                        "schema": optional,
                    },
                },
                "ui-field-behaviour": {
                    "hidden-fields": hidden,
                    "relabeling": relabeling,
                    "placeholders": {
                        "host": "empty means https://api.xero.com",
                        "port": "0: as the URL says. Without it, Test refuses",
                    },
                },
            },
            {
                "connection-type": "warehouse",
                "hook-class-name": "bridge.hooks.warehouse.WarehouseHook",
                "hook-name": "Warehouse feed",
                "conn-fields": {
                    "url": {
                        "label": "Feed URL",
                        "description": "Instead of the address above, where that field does not take it.",
                        "schema": optional,
                    },
                },
                "ui-field-behaviour": {
                    "hidden-fields": [name for name in hidden if name != "password"],
                    "relabeling": {**relabeling, "host": "Feed URL, whole", "password": "Token"},
                    "placeholders": {
                        "host": "https://wms.example/stock.csv",
                        "password": "sent as Authorization: Bearer",
                        "port": "0: as the URL says. Without it, Test refuses",
                    },
                },
            },
        ],
    }
