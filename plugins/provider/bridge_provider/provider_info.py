"""The forms of our Connections, as Airflow reads them (reference airflow.md 1).

This module imports nothing: Airflow loads it while it reads its own configuration, and an error here would break every
`import airflow`.
"""


def get_provider_info() -> dict[str, object]:
    """The two types of Connection. The name is that of the dist-info beside this package."""
    secret = {"type": ["string", "null"], "format": "password"}
    text = {"type": "string", "minLength": 1}
    return {
        "package-name": "bridge-airflow-provider",
        "name": "BigCommerce to Xero",
        "description": "Typed Connections for a BigCommerce store and a Xero organisation.",
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
                        "description": "Of a store-level API account that may read orders and order transactions.",
                        "schema": secret,
                    },
                },
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login", "password", "port"],
                    "relabeling": {"host": "API base URL"},
                    "placeholders": {"host": "https://api.bigcommerce.com"},
                },
            },
            {
                "connection-type": "xero",
                "hook-class-name": "bridge.hooks.xero.XeroHook",
                "hook-name": "Xero organisation",
                "conn-fields": {
                    "client_id": {"label": "Client id", "description": "Of the Custom Connection.", "schema": text},
                    "client_secret": {"label": "Client secret", "schema": secret},
                    "token_url": {
                        "label": "Token URL",
                        "schema": {**text, "default": "https://identity.xero.com/connect/token"},
                    },
                    "tenant_id": {
                        "label": "Tenant id",
                        "description": "Leave empty for a Custom Connection: it names its organisation itself.",
                        "schema": {"type": ["string", "null"]},
                    },
                },
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login", "password", "port"],
                    "relabeling": {"host": "API base URL"},
                    "placeholders": {"host": "https://api.xero.com"},
                },
            },
        ],
    }
