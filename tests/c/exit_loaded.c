/*
 * Loads the library, and lets go of it before the end: exit_loaded LIBRARY URL CLIENT_ID. Otherwise as exit.c.
 */

#include <dlfcn.h>
#include <logrtc.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENTRIES = 1000 };

#define CHECK_LOADED(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            const char *error_ = dlerror();                                                                            \
            fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, error_ ? error_ : "");                 \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* POSIX lets a pointer to a function pass through one to an object; ISO C does not. */
#define FUNCTION(name)                                                                                                 \
    __typeof__(&name) loaded_##name;                                                                                   \
    *(void **)&loaded_##name = dlsym(library, #name);                                                                  \
    CHECK_LOADED(loaded_##name != NULL)

int main(int argc, char **argv) {
    CHECK_LOADED(argc == 4);
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    CHECK_LOADED(library != NULL);
    FUNCTION(logrtc_options_new);
    FUNCTION(logrtc_options_free);
    FUNCTION(logrtc_options_set_client_id);
    FUNCTION(logrtc_options_set_url);
    FUNCTION(logrtc_options_clear_ice_servers);
    FUNCTION(logrtc_options_set_close_timeout_ms);
    FUNCTION(logrtc_connect);
    FUNCTION(logrtc_log);

    logrtc_options *options = loaded_logrtc_options_new();
    logrtc_producer *producer = NULL;
    CHECK_LOADED(loaded_logrtc_options_set_url(options, argv[2]) == LOGRTC_OK);
    CHECK_LOADED(loaded_logrtc_options_set_client_id(options, argv[3]) == LOGRTC_OK);
    CHECK_LOADED(loaded_logrtc_options_clear_ice_servers(options) == LOGRTC_OK);
    CHECK_LOADED(loaded_logrtc_options_set_close_timeout_ms(options, 30000) == LOGRTC_OK);
    CHECK_LOADED(loaded_logrtc_connect(options, &producer) == LOGRTC_OK);
    loaded_logrtc_options_free(options);

    char line[16], fields[64];
    for (int i = 0; i <= ENTRIES; i++) {
        snprintf(fields, sizeof fields, "{\"number\":%d}", i);
        CHECK_LOADED(loaded_logrtc_log(producer, LOGRTC_INFO, "exit", "entry", fields, NULL) == LOGRTC_OK);
        CHECK_LOADED(i != 0 || fgets(line, sizeof line, stdin) != NULL);
    }
    CHECK_LOADED(dlclose(library) == 0);
    printf("entries %d\n", ENTRIES + 1);
    return 0;
}
