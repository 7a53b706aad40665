/* What the programs of the tests share: a check that says where it failed, and a producer that leaves the machine alone. */

#ifndef LOGRTC_TESTS_CHECK_H
#define LOGRTC_TESTS_CHECK_H

#include <logrtc.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, logrtc_last_error());      \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#define CHECK_STATUS(call, expected)                                                                                   \
    do {                                                                                                               \
        const logrtc_status status_ = (call);                                                                          \
        if (status_ != (expected)) {                                                                                   \
            fprintf(stderr, "%s:%d: %s: %s, not %s (last error: %s)\n", __FILE__, __LINE__, #call,                     \
                    logrtc_status_string(status_), logrtc_status_string(expected), logrtc_last_error());               \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Options for a server, or for none, without a STUN server. NULL for the default name. */
static inline logrtc_options *local_options(const char *client_id, const char *url) {
    logrtc_options *options = logrtc_options_new();
    CHECK(options != NULL);
    CHECK(client_id == NULL || logrtc_options_set_client_id(options, client_id) == LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_url(options, url ? url : "ws://127.0.0.1:9"), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_clear_ice_servers(options), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_environment(options, 0), LOGRTC_OK);
    return options;
}

/* A producer for these options, which end here. */
static inline logrtc_producer *connect_locally(logrtc_options *options) {
    logrtc_producer *producer = NULL;
    CHECK_STATUS(logrtc_connect(options, &producer), LOGRTC_OK);
    logrtc_options_free(options);
    return producer;
}

#endif
