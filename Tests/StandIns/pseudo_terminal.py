# Runs the program argv[2] on a pseudo-terminal of argv[1] columns, such as 80,120 for those now and later, and copies
# what it writes there to standard error. SIGINT is the key Ctrl-C; SIGUSR1 makes the window as wide as the next of the
# widths.
import fcntl, os, pty, signal, struct, sys, termios

widths = [int(width) for width in sys.argv[1].split(",")]

def resize(descriptor):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, widths.pop(0), 0, 0))

signal.signal(signal.SIGINT, lambda *_: os.write(master, b"\x03"))
signal.signal(signal.SIGUSR1, lambda *_: resize(master))
# Whoever starts this from a thread of Dispatch hands on a mask that blocks them.
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGUSR1])
child, master = pty.fork()
if child == 0:
    resize(0)
    os.execv(sys.argv[2], sys.argv[2:])
widths.pop(0)
try:
    while data := os.read(master, 65536):
        os.write(2, data)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
