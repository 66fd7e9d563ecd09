# Runs pinglink, argv[2], with what stands behind it, where no file may become larger than argv[1] bytes. Signals are as a
# shell leaves them, which the children of these tests do not get otherwise.
import os, resource, signal, sys
limit = int(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, [])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
os.execv(sys.argv[2], ["pinglink"] + sys.argv[3:])
