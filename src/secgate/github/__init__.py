"""What GitHub Actions says about the run that secgate is a part of."""
