"""The services of the product, one folder each: `ls` here is what Academe does."""
