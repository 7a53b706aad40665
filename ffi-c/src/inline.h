/* The compiler checks the arguments of a function that formats. */
#if defined(__GNUC__) || defined(__clang__)
#define LOGRTC_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define LOGRTC_PRINTF(text, first)
#endif

LOGRTC_PRINTF(4, 0)
static inline logrtc_status logrtc_vlogf(logrtc_producer *producer, int level, const char *target, const char *format,
                                         va_list arguments);

/**
 * Logs an entry whose message is formatted as by printf(): logrtc_logf(producer, LOGRTC_INFO,
 * "shop", "order %d", id). The arguments are only formatted if the entry is wanted. Otherwise as
 * logrtc_log().
 *
 * If the arguments cannot be formatted, the message is `format`.
 */
LOGRTC_PRINTF(4, 5)
static inline logrtc_status logrtc_logf(logrtc_producer *producer, int level, const char *target, const char *format, ...) {
    va_list arguments;
    logrtc_status status;
    va_start(arguments, format);
    status = logrtc_vlogf(producer, level, target, format, arguments);
    va_end(arguments);
    return status;
}

/** The same, with a va_list. */
static inline logrtc_status logrtc_vlogf(logrtc_producer *producer, int level, const char *target, const char *format,
                                         va_list arguments) {
    char room[512];
    char *message = room;
    va_list again;
    int length;
    logrtc_status status;
    if (!logrtc_enabled(producer, level, target)) {
        return logrtc_count_filtered(producer);
    }
    va_copy(again, arguments);
    length = format ? vsnprintf(room, sizeof room, format, arguments) : -1;
    if (length >= (int)sizeof room && (message = (char *)malloc((size_t)length + 1)) != NULL) {
        vsnprintf(message, (size_t)length + 1, format, again);
    }
    va_end(again);
    if (length < 0) {
        return logrtc_log(producer, level, target, format, NULL, NULL);
    }
    if (message == NULL) { /* There is no memory: what fits. */
        message = room;
        length = (int)sizeof room - 1;
    }
    status = logrtc_log_n(producer, level, target, target ? strlen(target) : 0, message, (size_t)length, NULL, 0, NULL);
    if (message != room) {
        free(message);
    }
    return status;
}

static inline logrtc_field logrtc_make_field(const char *name, int kind) {
    logrtc_field field;
    field.name = name;
    field.name_length = name ? strlen(name) : 0;
    field.value.unsigned_integer = 0;
    field.length = 0;
    field.kind = kind;
    return field;
}

/** A field without a value. */
static inline logrtc_field logrtc_null(const char *name) {
    return logrtc_make_field(name, LOGRTC_FIELD_NULL);
}

/** A field that is true (any number but 0) or false (0). */
static inline logrtc_field logrtc_bool(const char *name, int value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_BOOL);
    field.value.integer = value != 0;
    return field;
}

/** A signed integer. */
static inline logrtc_field logrtc_int(const char *name, int64_t value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_INT);
    field.value.integer = value;
    return field;
}

/** An unsigned integer. */
static inline logrtc_field logrtc_uint(const char *name, uint64_t value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_UINT);
    field.value.unsigned_integer = value;
    return field;
}

/** A floating-point number. NaN and the infinities become strings. */
static inline logrtc_field logrtc_double(const char *name, double value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_DOUBLE);
    field.value.number = value;
    return field;
}

/** A string of `length` bytes; null if `text` is NULL. */
static inline logrtc_field logrtc_text_n(const char *name, const char *text, size_t length) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_TEXT);
    field.value.text = text;
    field.length = length;
    return field;
}

/** A NUL-terminated string; null if `text` is NULL. */
static inline logrtc_field logrtc_text(const char *name, const char *text) {
    return logrtc_text_n(name, text, text ? strlen(text) : 0);
}

/**
 * A JSON value, NUL-terminated. Text that is not JSON is logged as a string, and the call returns
 * LOGRTC_REPAIRED.
 */
static inline logrtc_field logrtc_json(const char *name, const char *json) {
    logrtc_field field = logrtc_text(name, json);
    field.kind = LOGRTC_FIELD_JSON;
    return field;
}

/**
 * An object: logrtc_object("user", LOGRTC_FIELDS(logrtc_int("id", 7))). Fields are nested at most
 * 32 deep.
 */
static inline logrtc_field logrtc_object(const char *name, const logrtc_field *fields, size_t count) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_OBJECT);
    field.value.fields = fields;
    field.length = count;
    return field;
}

/**
 * An array. The names of its elements are ignored and may be NULL. Fields are nested at most 32
 * deep.
 */
static inline logrtc_field logrtc_array(const char *name, const logrtc_field *elements, size_t count) {
    logrtc_field field = logrtc_object(name, elements, count);
    field.kind = LOGRTC_FIELD_ARRAY;
    return field;
}

#ifndef __cplusplus
/**
 * Fields and their number, for logrtc_log_fields(), logrtc_object() and logrtc_array():
 *
 *     logrtc_log_fields(producer, LOGRTC_WARN, "shop.db", "slow query",
 *                       LOGRTC_FIELDS(logrtc_int("duration_ms", 812), logrtc_text("table", table)), NULL);
 *
 * They live until the end of the block. For fields whose number is only known at run time, pass an
 * array and its length.
 */
#define LOGRTC_FIELDS(...)                                                                                             \
    (const logrtc_field[]){__VA_ARGS__}, (sizeof((const logrtc_field[]){__VA_ARGS__}) / sizeof(logrtc_field))
#endif
