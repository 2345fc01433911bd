-- What the day's report asks of years of documents: those of one day.
CREATE INDEX document_link_dated ON document_link (store, dated);
