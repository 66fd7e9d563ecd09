# Makes a ledger one whose runs were made by a program that did not yet note what they have finished.
import sqlite3, sys
ledger = sqlite3.connect(sys.argv[1])
ledger.execute("UPDATE run_records SET fingerprint = NULL")
ledger.commit()
