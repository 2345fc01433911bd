"""`make bench`: what the flow costs, and the product as a command for other harnesses."""
