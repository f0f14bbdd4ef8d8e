"""What machines ask techwatch over HTTP: is it well, what are its figures."""
