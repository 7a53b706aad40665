package logrtc

/*
#include <logrtc.h>
*/
import "C"

import (
	"log/slog"
	"runtime/cgo"
)

//export logrtcGoEvent
func logrtcGoEvent(callbacks C.uintptr_t, event *C.logrtc_event) {
	if made := eventOf(event); made != nil {
		cgo.Handle(callbacks).Value().(*settings).event(made)
	}
}

//export logrtcGoDiagnostic
func logrtcGoDiagnostic(callbacks C.uintptr_t, level C.int, message *C.char) {
	levels := [...]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}
	cgo.Handle(callbacks).Value().(*settings).diagnostics(levels[level], C.GoString(message))
}
