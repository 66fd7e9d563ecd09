# What SQLite itself finds in each of these ledgers, one JSON object a line.
import json, sqlite3, sys
for path in sys.argv[1:]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    print(json.dumps({
        "integrity": db.execute("PRAGMA integrity_check").fetchone()[0],
        "rows": [dict(row) for row in db.execute("SELECT * FROM results ORDER BY line")],
    }))
