# Reads documents, each with a NUL behind it, and answers with one a line in pure ASCII, numbers as the text that they
# were.
import json, sys
class Number(float):
    def __new__(cls, text):
        self = super().__new__(cls, 0); self.text = text; return self
    def __repr__(self): return self.text
class Members(list): pass
def write(value):
    if isinstance(value, Members):
        return "{" + ",".join(json.dumps(name) + ":" + write(value) for name, value in value) + "}"
    if isinstance(value, list): return "[" + ",".join(map(write, value)) + "]"
    return value.text if isinstance(value, Number) else json.dumps(value)
for line in sys.stdin.buffer.read().split(b"\x00")[:-1]:
    print(write(json.loads(line, parse_int=Number, parse_float=Number, object_pairs_hook=Members)))
