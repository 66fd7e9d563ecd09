# Counts the results of a ledger, and then closes its connection as the last client of a database would.
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM results").fetchone()[0], flush=True)
connection.close()
