#pragma once

#include <sys/types.h>

/// A command of the shell that has been started: its process, which leads a session and a group of its own, and the ends
/// of the pipes from which its standard output and standard error are read, without waiting.
struct pinglink_shell {
    pid_t process;
    int output;
    int errors;
};

/// Starts `/bin/sh -c command` with an empty standard input, none of this process's descriptors, signals as they are
/// usually, and this process's environment but for the variables named in `without`, a list that ends with NULL. It is
/// killed when the calling thread ends before it.
///
/// Returns 0, or the number of the error that kept it from being started.
int pinglink_start_shell(const char *command, const char *const *without, struct pinglink_shell *shell);
