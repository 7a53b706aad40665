package logrtc

/*
#include <logrtc.h>
#include <stdlib.h>

extern void logrtcGoEvent(uintptr_t callbacks, logrtc_event *event);
extern void logrtcGoDiagnostic(uintptr_t callbacks, int level, char *message);

static void on_event(const logrtc_event *event, void *callbacks) {
	logrtcGoEvent((uintptr_t)callbacks, (logrtc_event *)event);
}

static void on_diagnostic(int level, const char *message, void *callbacks) {
	logrtcGoDiagnostic((uintptr_t)callbacks, level, (char *)message);
}

static logrtc_status set_event_callback(logrtc_options *options, uintptr_t callbacks) {
	return logrtc_options_set_event_callback(options, on_event, (void *)callbacks);
}

static logrtc_status set_diagnostics_callback(logrtc_options *options, uintptr_t callbacks) {
	return logrtc_options_set_diagnostics_callback(options, on_diagnostic, (void *)callbacks);
}
*/
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// setCallbacks returns the handle by which C refers to the callbacks; 0 if there are none. It must
// be deleted after the close.
func (s *settings) setCallbacks() (cgo.Handle, C.logrtc_status) {
	var status C.logrtc_status = C.LOGRTC_OK
	if s.event == nil && s.diagnostics == nil {
		return 0, status
	}
	callbacks := cgo.NewHandle(s)
	if s.event != nil {
		status = C.set_event_callback(s.options, C.uintptr_t(callbacks))
	}
	if s.diagnostics != nil && status == C.LOGRTC_OK {
		status = C.set_diagnostics_callback(s.options, C.uintptr_t(callbacks))
	}
	return callbacks, status
}

func free(text *C.char) {
	C.free(unsafe.Pointer(text))
}
