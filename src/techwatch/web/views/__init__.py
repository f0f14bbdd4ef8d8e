"""What is shown: values made from the store, the same for a page and for the API."""
