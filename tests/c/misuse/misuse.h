/* What misuse.c runs beside its own checks. */

#ifndef LOGRTC_TESTS_MISUSE_H
#define LOGRTC_TESTS_MISUSE_H

void what_is_left_out_is_never_logged(int rounds);
void a_wait_for_a_consumer_ends(void);
void a_server_that_is_missing_is_reported_once(void);
void no_callback_after_close(int closes);
void threads_log_while_one_closes(int rounds);

#endif
