# Runs the program argv[3] on a terminal, with what stands behind it, and answers argv[2] when it has said argv[1]; prints
# all that stood there, and ends as the program does.
import os, pty, sys
question, answer = sys.argv[1].encode(), sys.argv[2].encode()
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[3], sys.argv[3:])
said = b""
while question not in said:
    said += os.read(terminal, 4096)
os.write(terminal, answer + b"\n")
try:
    while more := os.read(terminal, 4096):
        said += more
except OSError:
    pass
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
