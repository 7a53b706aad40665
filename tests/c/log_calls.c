/*
 * Log calls with all that a careless program passes: log_calls URL. Waits for a consumer, logs, and
 * closes when its standard input ends. The event callback writes each event of a consumer as a
 * line.
 */

#include "check.h"

#include <inttypes.h>
#include <string.h>

enum { DEADLINE_MS = 60000 };

static void on_event(const logrtc_event *event, void *user_data) {
    (void)user_data;
    switch (event->kind) {
    case LOGRTC_EVENT_STATE:
        printf("state %s\n", logrtc_state_string(event->state));
        break;
    case LOGRTC_EVENT_CONSUMER_CONNECTED:
        CHECK(strlen(event->consumer_id) > 0);
        puts("connected");
        break;
    case LOGRTC_EVENT_CONSUMER_DISCONNECTED:
        CHECK(strlen(event->consumer_id) > 0);
        CHECK(event->accepted == event->delivered + event->waiting + event->filtered + event->dropped_overflow +
                                     event->dropped_refused + event->dropped_oversize + event->dropped_disconnected);
        printf("disconnected %s, %" PRIu64 " of %" PRIu64 " delivered\n", logrtc_end_reason_string(event->reason),
               event->delivered, event->accepted);
        break;
    default:
        CHECK(event->kind == LOGRTC_EVENT_SERVER_ERROR && event->message != NULL);
    }
    fflush(stdout);
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    logrtc_producer *producer = NULL;
    logrtc_options *options = local_options("careless", argv[1]);
    CHECK_STATUS(logrtc_options_set_event_callback(options, on_event, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_connect(options, &producer), LOGRTC_OK);
    logrtc_options_free(options);
    CHECK_STATUS(logrtc_wait_for_consumer(producer, DEADLINE_MS), LOGRTC_OK);

    /* The quote is not escaped. */
    char json[64];
    snprintf(json, sizeof json, "{\"name\":\"%s\"}", "the \"first\"");
    CHECK_STATUS(logrtc_log(producer, LOGRTC_ERROR, "app", "broken fields", json, NULL), LOGRTC_REPAIRED);
    CHECK(strstr(logrtc_last_error(), "invalid_json") != NULL);
    CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, NULL, NULL, NULL, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, "a\xff", "\xc3(", "{\"k\":\"\xff\"}", NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_log(producer, 7, "app", "beyond error", NULL, NULL), LOGRTC_REPAIRED);
    CHECK_STATUS(logrtc_logf(producer, LOGRTC_WARN, "app", "%d %s%c", 42, "percent", '%'), LOGRTC_OK);
    CHECK_STATUS(logrtc_logf(producer, LOGRTC_INFO, "long", "%0600d", 7), LOGRTC_OK);
    logrtc_span span = LOGRTC_SPAN_INIT;
    span.id = "s";
    CHECK_STATUS(logrtc_log_fields(producer, LOGRTC_INFO, "app", "typed",
                                   LOGRTC_FIELDS(logrtc_int("rows", -1), logrtc_uint("big", UINT64_MAX),
                                                 logrtc_text("text", "a \"quote\""), logrtc_bool("yes", 2),
                                                 logrtc_object("user", LOGRTC_FIELDS(logrtc_null("none"))),
                                                 logrtc_array("list", LOGRTC_FIELDS(logrtc_double(NULL, 0.5)))),
                                   &span),
                 LOGRTC_OK);
    CHECK_STATUS(logrtc_log_fields(producer, LOGRTC_INFO, "app", "not JSON", LOGRTC_FIELDS(logrtc_json("j", "[1")), NULL),
                 LOGRTC_REPAIRED);
    CHECK_STATUS(logrtc_flush(producer, DEADLINE_MS, NULL), LOGRTC_OK);
    puts("delivered");
    fflush(stdout);
    while (getchar() != EOF) {
    }
    CHECK_STATUS(logrtc_close(producer, DEADLINE_MS), LOGRTC_OK);
    return 0;
}
