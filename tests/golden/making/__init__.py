"""The golden cases as sentences: orders by the sandbox's builder, expected books by hand. `make_cases.py` writes them."""
