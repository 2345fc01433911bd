"""A warehouse that states its stock in a feed: the shape is that of docs/warehouse_feed.md, which its writers follow."""
