# Reads a ledger's public views as any other program does.
import sqlite3
db = sqlite3.connect("file:users.csv.ledger?mode=ro", uri=True)
for view in "results", "runs":
    print([column[0] for column in db.execute(f"SELECT * FROM {view}").description])
print(db.execute("SELECT state, count(*) FROM results GROUP BY state ORDER BY state").fetchall())
print(db.execute("SELECT source, rows, exit_code, stopped_by FROM runs").fetchall())
