-- To take a text apart costs far more than to look it up: whoever plans a search is told.
alter function text_grams_of_long(text) cost 20000;
