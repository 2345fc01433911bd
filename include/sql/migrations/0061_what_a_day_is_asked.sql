-- What the day's report asks of years of documents: those of one day, and the levels of one item.
CREATE INDEX document_link_dated ON document_link (store, dated);
CREATE INDEX stock_line_of_an_item ON stock_line (store, sku, location_id, batch_id);
