"""Makes the encoder's weights. A tool: it needs torch, which the product does not."""
