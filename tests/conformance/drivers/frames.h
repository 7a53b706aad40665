/* Reads the frames of cases.mjs, for the drivers in C and C++. */

#ifndef LOGRTC_CONFORMANCE_FRAMES_H
#define LOGRTC_CONFORMANCE_FRAMES_H

#include <logrtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, logrtc_last_error());
    exit(1);
}

static inline void check(logrtc_status status, const char *what) {
    if (status != LOGRTC_OK) {
        fail(what);
    }
}

static inline void *allocate(size_t count, size_t size) {
    void *memory = calloc(count + 1, size);
    if (memory == NULL) {
        fail("no memory");
    }
    return memory;
}

static inline void end_line(void) {
    if (getchar() != '\n') {
        fail("a line has no end");
    }
}

/* A line that is a number. */
static inline long read_number(void) {
    long number = 0;
    if (scanf("%ld", &number) != 1) {
        fail("a number is missing");
    }
    end_line();
    return number;
}

/* A line that is a word. */
static inline void read_word(char word[32]) {
    if (scanf("%31s", word) != 1) {
        fail("a word is missing");
    }
    end_line();
}

struct text {
    char *bytes; /* NULL if it is absent; else NUL-terminated */
    size_t len;
};

static inline struct text read_text(void) {
    struct text text = {NULL, 0};
    const long len = read_number();
    if (len >= 0) {
        text.len = (size_t)len;
        text.bytes = (char *)allocate(text.len, 1);
        if (fread(text.bytes, 1, text.len, stdin) != text.len) {
            fail("a text is cut off");
        }
    }
    end_line();
    return text;
}

#endif
