# Prints, for each file of the folder in order of its name, the delimiter being the name's last character, its records
# up to the first error, and whether there is one.
import csv, json, os
for name in sorted(os.listdir(".")):
    delimiter = name.removesuffix(".csv")[-1]
    rows, line, broken = [], 0, False
    try:
        with open(name, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True, delimiter=delimiter)
            for fields in reader:
                if fields: rows.append({"line": line + 1, "fields": fields})
                line = reader.line_num
    except (csv.Error, UnicodeDecodeError):
        broken = True
    print(json.dumps({"rows": rows, "broken": broken}))
