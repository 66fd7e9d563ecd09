# Writes what it reads, with semicolons between the fields and each field in quotes, as some spreadsheets do.
import csv, sys
csv.writer(sys.stdout, delimiter=";", quoting=csv.QUOTE_ALL).writerows(csv.reader(sys.stdin))
