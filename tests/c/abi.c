/* Prints how the structs of logrtc.h lie in memory. */

#include <logrtc.h>
#include <stdio.h>

#define MEMBER(type, member)                                                                                           \
    printf("member %s.%s at %zu, %zu bytes\n", #type, #member, offsetof(type, member), sizeof(((type *)0)->member))

int main(void) {
    MEMBER(logrtc_span, struct_size);
    MEMBER(logrtc_span, id);
    MEMBER(logrtc_span, trace_id);
    MEMBER(logrtc_span, parent_id);
    MEMBER(logrtc_stats, struct_size);
    MEMBER(logrtc_stats, accepted);
    MEMBER(logrtc_stats, filtered);
    MEMBER(logrtc_stats, refused);
    MEMBER(logrtc_stats, after_close);
    MEMBER(logrtc_stats, retained_entries);
    MEMBER(logrtc_stats, retained_bytes);
    MEMBER(logrtc_stats, registrations);
    MEMBER(logrtc_stats, consumers);
    MEMBER(logrtc_stats, consumers_opened);
    MEMBER(logrtc_stats, consumers_failed);
    MEMBER(logrtc_stats, consumers_refused);
    MEMBER(logrtc_stats, consumers_accepted);
    MEMBER(logrtc_stats, consumers_delivered);
    MEMBER(logrtc_stats, consumers_waiting);
    MEMBER(logrtc_stats, consumers_dropped);
    MEMBER(logrtc_stats, consumers_filtered);
    MEMBER(logrtc_stats, answers_refused);
    MEMBER(logrtc_stats, candidates_refused);
    MEMBER(logrtc_stats, malformed_messages);
    MEMBER(logrtc_stats, ignored_messages);
    MEMBER(logrtc_stats, proofs_refused);
    MEMBER(logrtc_event, struct_size);
    MEMBER(logrtc_event, kind);
    MEMBER(logrtc_event, state);
    MEMBER(logrtc_event, reason);
    MEMBER(logrtc_event, consumer_id);
    MEMBER(logrtc_event, message);
    MEMBER(logrtc_event, accepted);
    MEMBER(logrtc_event, delivered);
    MEMBER(logrtc_event, waiting);
    MEMBER(logrtc_event, dropped_overflow);
    MEMBER(logrtc_event, dropped_refused);
    MEMBER(logrtc_event, dropped_oversize);
    MEMBER(logrtc_event, dropped_disconnected);
    MEMBER(logrtc_event, filtered);
    MEMBER(logrtc_field, name);
    MEMBER(logrtc_field, name_length);
    MEMBER(logrtc_field, value);
    MEMBER(logrtc_field, length);
    MEMBER(logrtc_field, kind);
    MEMBER(logrtc_value, integer);
    MEMBER(logrtc_value, unsigned_integer);
    MEMBER(logrtc_value, number);
    MEMBER(logrtc_value, text);
    MEMBER(logrtc_value, fields);
    printf("struct logrtc_event, %zu bytes\n", sizeof(logrtc_event));
    /* An array of fields is passed: this one may not grow. */
    printf("member logrtc_field, %zu bytes\n", sizeof(logrtc_field));
    printf("struct logrtc_span, %zu bytes\n", sizeof(logrtc_span));
    printf("struct logrtc_stats, %zu bytes\n", sizeof(logrtc_stats));
    return 0;
}
