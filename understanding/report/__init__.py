"""What ./run evaluate and the start-up check know of a trained model."""
