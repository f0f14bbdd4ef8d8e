"""Judge an archive of items as if it came in now, with the items' own clock. Writes no store.

archive      lines of files -> items, and everything wrong with them
windows      archives of any size by time, in memory or spilled
readings     the part that needs the item and the baseline only, done anywhere
workers      readings by processes of this machine; cluster: by those of a Dask cluster
ordering     the part that depends on what came before, by the pipeline that judges feeds' items
repetitions  what is remembered of ids that come more than once
archives     these joined: windows -> readings -> in order
replaying    lines that are all in memory, judged in this process
outcomes     an outcome as a line of JSON
counts       what a replay came to: verdicts, stories, days
scoring      outcomes against what a careful reader says: precision and recall
differences  which verdicts and stories differ between two replays
"""
