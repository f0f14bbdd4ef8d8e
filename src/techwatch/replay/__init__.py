"""Judge an archive of items as if it came in now, with the items' own clock. Writes no store.

archive      lines of files -> items, and everything wrong with them
replaying    items -> outcomes, by the pipeline that judges what feeds bring
outcomes     an outcome as a line of JSON
counts       what a replay came to: verdicts, stories, days
scoring      outcomes against what a careful reader says: precision and recall
differences  which verdicts and stories differ between two replays
"""
