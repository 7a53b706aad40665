/*
 * The ways in which a process ends: exit URL CLIENT_ID MODE. Only the mode "closed" calls logrtc_close().
 *
 * With a URL, it waits for a line on standard input, which says that the first entry has arrived. Without one ("") there is
 * no server. Writes "entries N" on standard output: how many entries were accepted. A child of a fork does the same.
 */

#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENTRIES = 1000, PRODUCERS = 4, THREADS = 4, CHILD_DEADLINE_S = 60, UNANSWERED_MS = 200 };

static const char *mode;
static pid_t parent;
static int is_online;
static _Atomic(logrtc_producer *) producer;
static atomic_int accepted;
/* Of them, those that have a number. */
static int numbered;
static atomic_int has_logged;
static pthread_t threads[THREADS];
static logrtc_producer *other;

static int is(const char *name) { return strcmp(mode, name) == 0; }

static logrtc_status log_one(void) {
    char fields[64];
    snprintf(fields, sizeof fields, "{\"number\":%d}", numbered);
    const char *target = getpid() == parent ? "exit" : "exit.child";
    const logrtc_status status = logrtc_log(producer, LOGRTC_INFO, target, "entry", fields, NULL);
    if (status == LOGRTC_OK) {
        numbered++;
        atomic_fetch_add(&accepted, 1);
    }
    return status;
}

static void log_until_seen(void) {
    char line[16];
    CHECK_STATUS(log_one(), LOGRTC_OK);
    CHECK(!is_online || fgets(line, sizeof line, stdin) != NULL);
    for (int i = 0; i < ENTRIES; i++) {
        CHECK_STATUS(log_one(), LOGRTC_OK);
    }
    atomic_store(&has_logged, 1);
}

/* Registered before connect, so it runs after the producer is closed. A failed check must not call exit() here. */
static void after(void) {
    int state = -1;
    if (is("threads")) {
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
    }
    logrtc_get_state(producer, &state);
    const logrtc_status status = log_one();
    printf("state %d\nlate %s\nentries %d\n", state, logrtc_status_string(status), atomic_load(&accepted));
}

/* Registered after connect, so it runs before that. */
static void before(void) {
    if (is("unanswered")) {
        CHECK_STATUS(logrtc_close(other, UNANSWERED_MS), LOGRTC_OK);
    }
    const int is_silent = is("silent-child") && getpid() != parent;
    if (!is("closed") && !is_silent) {
        log_one();
    }
}

static void on_state(int state, void *user_data) {
    (void)state, (void)user_data;
    while (!atomic_load(&has_logged)) {
        usleep(1000);
    }
    if (is("callback")) {
        exit(0);
    }
    for (;;) {
        pause();
    }
}

static void *end(void *unused) {
    (void)unused;
    exit(0);
}

/* Until the producer is closed, which is while the process ends. */
static void *log_to_the_end(void *unused) {
    (void)unused;
    for (;;) {
        const logrtc_status status = logrtc_log(producer, LOGRTC_INFO, "exit", "thread", NULL, NULL);
        if (status == LOGRTC_CLOSED) {
            return NULL;
        }
        atomic_fetch_add(&accepted, status == LOGRTC_OK);
        usleep(500);
    }
}

static void fork_a_child(void) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(CHILD_DEADLINE_S);
        atomic_store(&accepted, 0);
        numbered = 0;
        if (is("child")) {
            log_until_seen();
        }
        exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    printf("child %d\n", (int)child);
    int state = -1;
    CHECK_STATUS(logrtc_get_state(producer, &state), LOGRTC_OK);
    CHECK(state != LOGRTC_STATE_CLOSED);
    CHECK_STATUS(log_one(), LOGRTC_OK);
}

static logrtc_producer *connect_one(const char *client_id, const char *url) {
    logrtc_options *options = local_options(client_id, is_online ? url : NULL);
    if (is("callback") || is("hanging-callback")) {
        CHECK_STATUS(logrtc_options_set_state_callback(options, on_state, NULL), LOGRTC_OK);
    }
    CHECK_STATUS(logrtc_options_set_close_at_exit(options, !is("off")), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_close_timeout_ms(options, is("many") ? 1000 : is("unanswered") ? UNANSWERED_MS : 30000), LOGRTC_OK);
    if (is("hanging-callback")) {
        CHECK_STATUS(logrtc_options_set_close_timeout_ms(options, 1000), LOGRTC_OK);
    }
    logrtc_producer *made = NULL;
    CHECK_STATUS(logrtc_connect(options, &made), LOGRTC_OK);
    logrtc_options_free(options);
    return made;
}

int main(int argc, char **argv) {
    CHECK(argc == 4);
    parent = getpid();
    is_online = argv[1][0] != '\0';
    mode = argv[3];
    CHECK(atexit(after) == 0);
    producer = connect_one(argv[2], argv[1]);
    CHECK(atexit(before) == 0);

    if (is("unanswered")) {
        /* Nobody is there to wait for. This close and the two at the end warn, the last ones without thread-local data. */
        logrtc_producer *first = connect_one(argv[2], argv[1]);
        other = connect_one(argv[2], argv[1]);
        CHECK_STATUS(logrtc_log(first, LOGRTC_INFO, "exit", "entry", NULL, NULL), LOGRTC_OK);
        CHECK_STATUS(logrtc_log(other, LOGRTC_INFO, "exit", "entry", NULL, NULL), LOGRTC_OK);
        CHECK_STATUS(logrtc_close(first, UNANSWERED_MS), LOGRTC_OK);
        CHECK_STATUS(log_one(), LOGRTC_OK);
        return 0;
    }
    log_until_seen();
    if (is("exit")) {
        exit(0);
    } else if (is("thread") || is("callback")) {
        pthread_t ending;
        if (is("thread")) {
            CHECK(pthread_create(&ending, NULL, end, NULL) == 0);
        }
        for (;;) {
            pause();
        }
    } else if (is("threads")) {
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_create(&threads[i], NULL, log_to_the_end, NULL) == 0);
        }
    } else if (is("child") || is("silent-child") || is("late-child")) {
        fork_a_child();
    } else if (is("closed")) {
        CHECK_STATUS(logrtc_close(producer, 30000), LOGRTC_OK);
    } else if (is("quick_exit")) {
        printf("entries %d\n", atomic_load(&accepted));
        fflush(stdout);
        quick_exit(0);
    } else if (is("many")) {
        char line[16];
        logrtc_producer *others[PRODUCERS - 1];
        for (int i = 0; i < PRODUCERS - 1; i++) {
            char client_id[128];
            snprintf(client_id, sizeof client_id, "%s-%d", argv[2], i);
            others[i] = connect_one(client_id, argv[1]);
            CHECK_STATUS(logrtc_log(others[i], LOGRTC_INFO, "exit", "entry", NULL, NULL), LOGRTC_OK);
            CHECK(!is_online || fgets(line, sizeof line, stdin) != NULL);
        }
        puts("ready");
        fflush(stdout);
        CHECK(!is_online || fgets(line, sizeof line, stdin) != NULL);
        for (int i = 0; i < PRODUCERS - 1; i++) {
            CHECK_STATUS(logrtc_log(others[i], LOGRTC_INFO, "exit", "entry", NULL, NULL), LOGRTC_OK);
        }
        CHECK_STATUS(log_one(), LOGRTC_OK);
    } else {
        CHECK(is("return") || is("off") || is("hanging-callback"));
    }
    return 0;
}
