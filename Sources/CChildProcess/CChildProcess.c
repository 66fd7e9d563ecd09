// C, because between fork and exec only what is safe in a signal handler may be called, which Swift cannot promise.
#define _GNU_SOURCE
#include "CChildProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static int is_named(const char *variable, const char *name) {
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

static int is_left_out(const char *variable, const char *const *without) {
    for (; *without; without++) {
        if (is_named(variable, *without)) return 1;
    }
    return 0;
}

/// NULL when there is no memory; to be freed, but not what it holds.
static char **environment_without(const char *const *without) {
    size_t count = 0;
    while (environ && environ[count]) count++;
    char **kept = calloc(count + 1, sizeof *kept);
    if (!kept) return NULL;
    char **next = kept;
    for (size_t index = 0; index < count; index++) {
        if (!is_left_out(environ[index], without)) *next++ = environ[index];
    }
    return kept;
}

static void run(const char *command, char *const *environment, pid_t parent, int output, int errors, int most) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    int input = open("/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) _exit(127);
    if (close_range(3, ~0U, 0) != 0) {
        for (int descriptor = 3; descriptor < most; descriptor++) close(descriptor);
    }
    char *const arguments[] = {"sh", "-c", (char *)command, NULL};
    execve("/bin/sh", arguments, environment);
    _exit(127);
}

static void close_both(const int *ends) {
    close(ends[0]);
    close(ends[1]);
}

int pinglink_start_shell(const char *command, const char *const *without, struct pinglink_shell *shell) {
    int output[2], errors[2];
    char **environment = environment_without(without);
    if (!environment) return ENOMEM;
    if (pipe2(output, O_CLOEXEC) != 0) {
        int error = errno;
        free(environment);
        return error;
    }
    if (pipe2(errors, O_CLOEXEC) != 0) {
        int error = errno;
        close_both(output);
        free(environment);
        return error;
    }
    pid_t parent = getpid();
    long limit = sysconf(_SC_OPEN_MAX);
    int most = limit > 0 && limit < 65536 ? (int)limit : 65536;
    pid_t process = fork();
    if (process == 0) run(command, environment, parent, output[1], errors[1], most);
    int error = process < 0 ? errno : 0;
    free(environment);
    if (error) {
        close_both(output);
        close_both(errors);
        return error;
    }
    close(output[1]);
    close(errors[1]);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    fcntl(errors[0], F_SETFL, O_NONBLOCK);
    *shell = (struct pinglink_shell){process, output[0], errors[0]};
    return 0;
}
