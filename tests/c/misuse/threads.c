/* Calls of several threads at once, waits, and callbacks. */

#include "misuse.h"

#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { THREADS = 16 };

/* What is left out is counted and never logged, whatever the level becomes meanwhile. */
struct changing {
    logrtc_producer *producer;
    int rounds;
};

static void *change_the_level(void *argument) {
    const struct changing *changing = argument;
    for (int i = 0; i < 20 * changing->rounds; i++) {
        CHECK_STATUS(logrtc_set_level(changing->producer, i % 2 ? LOGRTC_DEBUG : LOGRTC_ERROR), LOGRTC_OK);
    }
    return NULL;
}

void what_is_left_out_is_never_logged(int rounds) {
    logrtc_producer *producer = connect_locally(local_options("misuse", NULL));
    struct changing changing = {producer, rounds};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, change_the_level, &changing) == 0);
    uint64_t left_out = 0;
    for (int i = 0; i < 200 * rounds; i++) {
        const logrtc_status status = logrtc_log(producer, LOGRTC_INFO, "t", "m", "[]", NULL);
        CHECK(status == LOGRTC_OK || status == LOGRTC_REPAIRED);
        left_out += status == LOGRTC_OK;
    }
    CHECK(pthread_join(thread, NULL) == 0);
    logrtc_stats stats = LOGRTC_STATS_INIT;
    CHECK_STATUS(logrtc_get_stats(producer, &stats), LOGRTC_OK);
    CHECK(stats.filtered == left_out && stats.accepted == 200 * (uint64_t)rounds - left_out);
    CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
}

static void *wait_for_ever(void *producer) {
    CHECK_STATUS(logrtc_wait_for_consumer(producer, UINT64_MAX), LOGRTC_CLOSED);
    return NULL;
}

void a_wait_for_a_consumer_ends(void) {
    logrtc_producer *producer = connect_locally(local_options("misuse", NULL));
    pthread_t waiting[2];
    CHECK_STATUS(logrtc_wait_for_consumer(producer, 0), LOGRTC_TIMEOUT);
    CHECK_STATUS(logrtc_wait_for_consumer(producer, 50), LOGRTC_TIMEOUT);
    CHECK(strcmp(logrtc_last_error(), "no consumer is connected") == 0);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&waiting[i], NULL, wait_for_ever, producer) == 0);
    }
    CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_join(waiting[i], NULL) == 0);
    }
}

struct outage {
    atomic_int warnings;
    atomic_int attempts;
};

static void watch_outage(int level, const char *message, void *user_data) {
    struct outage *outage = user_data;
    if (level == LOGRTC_WARN) {
        CHECK(strstr(message, "ws://127.0.0.1:9/") != NULL && strstr(message, "refused") != NULL);
        atomic_fetch_add(&outage->warnings, 1);
    }
    atomic_fetch_add(&outage->attempts, strncmp(message, "signaling server: ", 18) == 0);
}

void a_server_that_is_missing_is_reported_once(void) {
    struct outage outage = {0};
    char text[256] = "untouched", cut[8] = "untouch";
    size_t length = 7, cut_length = 7;
    logrtc_options *options = local_options("misuse", NULL);
    CHECK_STATUS(logrtc_options_set_reconnect_interval_ms(options, 1), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_diagnostics_callback(options, watch_outage, &outage), LOGRTC_OK);
    logrtc_producer *producer = connect_locally(options);
    while (atomic_load(&outage.attempts) < 3 || atomic_load(&outage.warnings) == 0) {
    }
    CHECK_STATUS(logrtc_get_server_error(producer, NULL, 1, &length), LOGRTC_INVALID_ARGUMENT);
    CHECK(length == 7);
    CHECK_STATUS(logrtc_get_server_error(producer, text, 0, &length), LOGRTC_OK);
    CHECK(strcmp(text, "untouched") == 0 && length > sizeof cut);
    CHECK_STATUS(logrtc_get_server_error(producer, cut, sizeof cut, &cut_length), LOGRTC_OK);
    CHECK(cut_length == length && strlen(cut) == sizeof cut - 1);
    CHECK_STATUS(logrtc_get_server_error(producer, cut, 1, NULL), LOGRTC_OK);
    CHECK(cut[0] == '\0');
    CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
    /* After the close, too. */
    CHECK_STATUS(logrtc_get_server_error(producer, text, sizeof text, NULL), LOGRTC_OK);
    CHECK(strlen(text) == length && strstr(text, "refused") != NULL);
    CHECK(atomic_load(&outage.warnings) == 1);
}

struct watch {
    /* Set once connect has returned. */
    _Atomic(logrtc_producer *) producer;
    atomic_int calls;
    atomic_int events;
    atomic_int closed;
    atomic_int over;
    int closes;
};

static void on_state(int state, void *user_data) {
    struct watch *watch = user_data;
    CHECK(state >= LOGRTC_STATE_CONNECTING && state <= LOGRTC_STATE_DISABLED);
    CHECK(!atomic_load(&watch->over));
    atomic_fetch_add(&watch->calls, 1);
    if (watch->closes) {
        logrtc_producer *producer;
        while ((producer = atomic_load(&watch->producer)) == NULL) {
        }
        CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
        CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_CLOSED);
        atomic_store(&watch->closed, 1);
    }
}

static void on_diagnostics(int level, const char *message, void *user_data) {
    CHECK(level >= LOGRTC_DEBUG && level <= LOGRTC_ERROR && message != NULL);
    /* The callback for the state comes first; where that has closed, nothing comes after it. */
    CHECK(!atomic_load(&((struct watch *)user_data)->over) && !atomic_load(&((struct watch *)user_data)->closed));
}

static void on_event(const logrtc_event *event, void *user_data) {
    struct watch *watch = user_data;
    CHECK(event->struct_size == sizeof *event && !atomic_load(&watch->over) && !atomic_load(&watch->closed));
    if (event->kind == LOGRTC_EVENT_STATE) {
        CHECK(strcmp(logrtc_state_string(event->state), "unknown") != 0 && event->message == NULL);
    } else {
        CHECK(event->kind == LOGRTC_EVENT_SERVER_ERROR && strstr(event->message, "refused") != NULL);
    }
    CHECK(event->consumer_id == NULL && event->accepted == 0);
    atomic_fetch_add(&watch->events, 1);
}

void no_callback_after_close(int closes) {
    struct watch watch = {.closes = closes};
    logrtc_options *options = local_options("misuse", NULL);
    CHECK_STATUS(logrtc_options_set_state_callback(options, on_state, &watch), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_event_callback(options, on_event, &watch), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_diagnostics_callback(options, on_diagnostics, &watch), LOGRTC_OK);
    logrtc_producer *producer = connect_locally(options);
    atomic_store(&watch.producer, producer);
    /* The first one tells the state at connect, so that nobody waits for a change that has been. */
    while (closes ? !atomic_load(&watch.closed) : !atomic_load(&watch.calls) || !atomic_load(&watch.events)) {
    }
    /* Where it is closed already, this waits for the callback that closed it. */
    CHECK_STATUS(logrtc_close(producer, 0), closes ? LOGRTC_CLOSED : LOGRTC_OK);
    /* `watch` is gone with this function: a callback from here on would be found by any checker. */
    atomic_store(&watch.over, 1);
}

static void *log_until_closed(void *producer) {
    logrtc_status status;
    do {
        status = logrtc_log(producer, LOGRTC_INFO, "misuse.thread", "busy", "{\"rows\":10}", NULL);
        CHECK(status == LOGRTC_OK || status == LOGRTC_CLOSED);
    } while (status == LOGRTC_OK);
    return NULL;
}

static void ignore(int level, const char *message, void *user_data) {
    (void)level, (void)message, (void)user_data;
}

void threads_log_while_one_closes(int rounds) {
    for (int round = 0; round < rounds; round++) {
        logrtc_options *options = local_options("misuse", NULL);
        CHECK_STATUS(logrtc_options_set_diagnostics_callback(options, ignore, NULL), LOGRTC_OK);
        logrtc_producer *producer = connect_locally(options);
        pthread_t threads[THREADS];
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_create(&threads[i], NULL, log_until_closed, producer) == 0);
        }
        CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_join(threads[i], NULL) == 0);
        }
    }
}
