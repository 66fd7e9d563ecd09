/* Preloaded into a program, sets its wall clock, and no other clock, WALL_CLOCK_OFFSET seconds ahead: what asks for the time,
   and timers. Not what waits for a semaphore, which sleeps as if the clock were set back meanwhile: nothing may do so until a
   time of the wall clock. (libfaketime moves the environment, by which Swift finds a program's arguments.) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static time_t offset(void) {
    const char *seconds = getenv("WALL_CLOCK_OFFSET");
    return seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int code = REAL(clock_gettime)(clock, now);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset();
    return code;
}

int gettimeofday(struct timeval *now, void *zone) {
    (void)zone;
    struct timespec time;
    int code = clock_gettime(CLOCK_REALTIME, &time);
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return code;
}

time_t time(time_t *now) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    if (now) *now = time.tv_sec;
    return time.tv_sec;
}

/* Timers of the wall clock, by their descriptors. */
static unsigned char is_wall[1024];

int timerfd_create(int clock, int flags) {
    int timer = REAL(timerfd_create)(clock, flags);
    if (timer >= 0 && timer < (int)sizeof is_wall) is_wall[timer] = clock == CLOCK_REALTIME;
    return timer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *wanted, struct itimerspec *earlier) {
    struct itimerspec real = *wanted;
    int is_shifted = flags & TFD_TIMER_ABSTIME && timer >= 0 && timer < (int)sizeof is_wall && is_wall[timer];
    if (is_shifted && (real.it_value.tv_sec || real.it_value.tv_nsec)) real.it_value.tv_sec -= offset();
    return REAL(timerfd_settime)(timer, flags, &real, earlier);
}
