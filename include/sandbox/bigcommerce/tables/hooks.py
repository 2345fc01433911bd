"""Fields of a webhook's registration."""

HOOK = """
    id           integer      always  spec webhook_Full
    client_id    text         always  spec webhook_Full
    store_hash   text         always  spec webhook_Full
    scope        text         always  spec webhook_Base
    destination  text         always  spec webhook_Base
    headers      object|null  always  spec webhook_Base: nullable
    is_active    boolean      always  spec webhook_Base
    created_at   integer      always  spec webhook_Full
    updated_at   integer      always  spec webhook_Full
"""
