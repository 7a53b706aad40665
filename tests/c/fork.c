/*
 * Forks while threads log: fork URL FORKS. Each child logs an entry of its own, and ends when it was seen.
 *
 * Says on standard output "child PID" for each, and at the end "entries N" for each thread. A line on standard input says
 * that the first entry of the parent has arrived, and another one that of each child.
 */

#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, PAUSE_US = 500, ENTRIES_A_FLUSH = 100, CHILD_DEADLINE_S = 60, PARENT_DEADLINE_MS = 60000 };

static atomic_int stop;
static logrtc_producer *producer;

struct thread {
    pthread_t id;
    int number;
    int entries;
};

static void *log_numbers(void *argument) {
    struct thread *thread = argument;
    char target[32], fields[64];
    snprintf(target, sizeof target, "fork.thread%d", thread->number);
    while (!atomic_load(&stop)) {
        snprintf(fields, sizeof fields, "{\"number\":%d}", thread->entries);
        CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, target, "busy", fields, NULL), LOGRTC_OK);
        thread->entries++;
        /* So that what waits stays little, however slow the machine is, and the end comes in time. */
        if (thread->entries % ENTRIES_A_FLUSH == 0) {
            CHECK_STATUS(logrtc_flush(producer, PARENT_DEADLINE_MS, NULL), LOGRTC_OK);
        }
        usleep(PAUSE_US);
    }
    return NULL;
}

/* A child that hangs is killed by its alarm, and the parent sees that. */
static void be_a_child(int seen) {
    alarm(CHILD_DEADLINE_S);
    char fields[64];
    snprintf(fields, sizeof fields, "{\"pid\":%d}", (int)getpid());
    CHECK_STATUS(logrtc_log(producer, LOGRTC_WARN, "fork.child", "born", fields, NULL), LOGRTC_OK);
    char end;
    CHECK(read(seen, &end, 1) == 0);
    CHECK_STATUS(logrtc_close(producer, CHILD_DEADLINE_S * 1000), LOGRTC_OK);
    CHECK_STATUS(logrtc_log(producer, LOGRTC_WARN, "fork.child", "late", NULL, NULL), LOGRTC_CLOSED);
    _exit(0);
}

static void on_state(int state, void *parent) {
    (void)state;
    /* A child has no callbacks. */
    CHECK(getpid() == *(pid_t *)parent);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    pid_t parent = getpid();
    logrtc_options *options = local_options("fork", argv[1]);
    CHECK_STATUS(logrtc_options_set_max_entries(options, 1 << 20), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_max_bytes(options, 1 << 28), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_state_callback(options, on_state, &parent), LOGRTC_OK);
    CHECK_STATUS(logrtc_connect(options, &producer), LOGRTC_OK);
    logrtc_options_free(options);

    char line[16];
    CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, "fork.parent", "here", NULL, NULL), LOGRTC_OK);
    CHECK(fgets(line, sizeof line, stdin) != NULL);
    struct thread threads[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) {
        threads[i].number = i;
        CHECK(pthread_create(&threads[i].id, NULL, log_numbers, &threads[i]) == 0);
    }
    for (int i = 0; i < atoi(argv[2]); i++) {
        int seen[2];
        CHECK(pipe(seen) == 0);
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(seen[1]);
            be_a_child(seen[0]);
        }
        const int was_seen = fgets(line, sizeof line, stdin) != NULL;
        CHECK(close(seen[0]) == 0 && close(seen[1]) == 0);
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        if (!was_seen || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            fprintf(stderr, "child %d of %s: status %#x\n", i, argv[2], (unsigned)status);
            return 1;
        }
        printf("child %d\n", (int)child);
        fflush(stdout);
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i].id, NULL) == 0);
        printf("entries %d\n", threads[i].entries);
    }
    CHECK_STATUS(logrtc_close(producer, PARENT_DEADLINE_MS), LOGRTC_OK);
    return 0;
}
