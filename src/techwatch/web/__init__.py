"""The desk: pages where analysts read, check and teach, and an API that says the same as JSON.

What is shown stands in `views`, one function for each page and its JSON; `pages` and `api` hold the
routes, `identity` who may do what.
"""
