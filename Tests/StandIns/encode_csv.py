# Writes each file of the folder anew in the encoding argv[1], behind the mark argv[2], and prints what Python reads
# there, one JSON list of records a file.
import csv, io, json, os, sys
mark = bytes.fromhex(sys.argv[2])
for name in sorted(os.listdir(".")):
    text = open(name, "rb").read().decode()
    data = text.encode(sys.argv[1])
    open(name, "wb").write(mark + data)
    rows = csv.reader(io.StringIO(data.decode(sys.argv[1]), newline=""), strict=True)
    print(json.dumps([fields for fields in rows if fields]))
