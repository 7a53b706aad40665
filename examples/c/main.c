/* The C example of the protocol: a program that logs to every browser that comes. */

#include <logrtc.h>
#include <signal.h>
#include <stdio.h>

int main(void) {
    /* Before connect, so that its threads leave the signals to this one. */
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigprocmask(SIG_BLOCK, &interrupts, NULL);

    logrtc_options *options = logrtc_options_new();
    logrtc_options_set_client_id(options, "c_app");
    logrtc_options_set_system_name(options, "C Application");
    logrtc_options_set_version(options, "1.0.0");
    logrtc_producer *producer = NULL;
    logrtc_status status = logrtc_connect(options, &producer);
    logrtc_options_free(options);
    if (status != LOGRTC_OK) {
        fprintf(stderr, "%s\n", logrtc_last_error());
        return 1;
    }
    logrtc_log(producer, LOGRTC_INFO, "c_app.main", "C应用程序启动", NULL, NULL);

    int signal; /* The program's own work; its log is in the browser as long as it runs. */
    sigwait(&interrupts, &signal);
    logrtc_close(producer, 2000);
    return 0;
}
