/*
 * A short program: short URL CLIENT_ID LIFE_MS END. It connects, logs one entry with its id as the target, lives for LIFE_MS,
 * and ends: by "close", which is logrtc_close() with a timeout of 5 s, or by "return". An empty CLIENT_ID is not set.
 *
 * Writes "logged" and then, after a close, "STATUS took N us".
 */

#define _GNU_SOURCE
#include "check.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    CHECK(argc == 5);
    logrtc_producer *producer = NULL;
    logrtc_options *options = local_options(argv[2][0] != '\0' ? argv[2] : NULL, argv[1]);
    CHECK_STATUS(logrtc_options_set_close_timeout_ms(options, 5000), LOGRTC_OK);
    CHECK_STATUS(logrtc_connect(options, &producer), LOGRTC_OK);
    logrtc_options_free(options);
    CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, argv[2], "here", NULL, NULL), LOGRTC_OK);
    puts("logged");
    usleep((useconds_t)atoi(argv[3]) * 1000);
    if (strcmp(argv[4], "close") == 0) {
        const double began = now_us();
        const logrtc_status status = logrtc_close(producer, 5000);
        printf("%s took %.0f us\n", logrtc_status_string(status), now_us() - began);
    }
    return 0;
}
