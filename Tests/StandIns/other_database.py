# Makes an SQLite database that is another program's.
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("CREATE TABLE places (url)")
