"""What tests share: factories and doubles."""
