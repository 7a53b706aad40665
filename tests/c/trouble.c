/*
 * A producer whose server comes and goes: trouble URL WHERE, which is "callback" or "stderr": where its diagnostics go.
 *
 * Obeys its standard input, line by line: "error" writes the error of the server, "wait" waits for a consumer, "close" closes
 * and ends. A callback writes "LEVEL MESSAGE".
 */

#include "check.h"

#include <string.h>

enum { DEADLINE_MS = 60000 };

static int is_closed;

static void on_diagnostic(int level, const char *message, void *user_data) {
    CHECK(user_data == &is_closed && !is_closed);
    printf("%d %s\n", level, message);
    fflush(stdout);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    logrtc_producer *producer = NULL;
    logrtc_options *options = local_options("trouble", argv[1]);
    CHECK_STATUS(logrtc_options_set_reconnect_interval_ms(options, 50), LOGRTC_OK);
    if (strcmp(argv[2], "callback") == 0) {
        CHECK_STATUS(logrtc_options_set_diagnostics_callback(options, on_diagnostic, &is_closed), LOGRTC_OK);
    }
    CHECK_STATUS(logrtc_connect(options, &producer), LOGRTC_OK);
    logrtc_options_free(options);
    char line[16], text[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strcmp(line, "error\n") == 0) {
            CHECK_STATUS(logrtc_get_server_error(producer, text, sizeof text, NULL), LOGRTC_OK);
            printf("error %s\n", text);
        } else if (strcmp(line, "wait\n") == 0) {
            printf("wait %s\n", logrtc_status_string(logrtc_wait_for_consumer(producer, DEADLINE_MS)));
        } else {
            CHECK_STATUS(logrtc_close(producer, DEADLINE_MS), LOGRTC_OK);
            is_closed = 1;
            puts("closed");
            return 0;
        }
        fflush(stdout);
    }
    return 1;
}
