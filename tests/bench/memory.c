/* A program that waits, with a producer (WITH_PRODUCER) or without one: what that adds is measured from outside. */

#include <stdio.h>
#include <unistd.h>
#ifdef WITH_PRODUCER
#include <logrtc.h>
#endif

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s URL\n", argv[0]);
        return 2;
    }
#ifdef WITH_PRODUCER
    logrtc_options *options = logrtc_options_new();
    logrtc_options_set_client_id(options, "memory");
    logrtc_options_set_url(options, argv[1]);
    logrtc_producer *producer = NULL;
    logrtc_status status = logrtc_connect(options, &producer);
    logrtc_options_free(options);
    if (status != LOGRTC_OK) {
        fprintf(stderr, "%s\n", logrtc_last_error());
        return 1;
    }
    logrtc_log(producer, LOGRTC_INFO, "memory", "the program waits", NULL, NULL);
#endif
    return pause();
}
