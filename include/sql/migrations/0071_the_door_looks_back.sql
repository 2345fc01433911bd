-- The oldest are found in their order, without reading the inbox whole.
CREATE INDEX inbox_by_age ON inbox (received_at);

-- Whether a run of ours was moving stock around a moment is asked at each webhook about stock.
CREATE INDEX stock_look_by_moment ON stock_look (levels_at);
