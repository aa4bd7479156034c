"""How good a model is on labelled recordings: tags, events, embeddings. Numpy only; the field's scorers are lazy."""
