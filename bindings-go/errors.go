package logrtc

/*
#include <logrtc.h>
*/
import "C"

import (
	"errors"
	"fmt"
)

// The errors of a call, for errors.Is.
var (
	ErrInvalidArgument = errors.New("invalid argument")
	ErrClosed          = errors.New("closed")
	ErrDropped         = errors.New("dropped")
	ErrInternal        = errors.New("internal error")
)

// failure has the text of the error. The goroutine must have been locked to its thread since before
// the call.
func failure(status C.logrtc_status) error {
	if err := plainFailure(status); err != nil {
		return fmt.Errorf("%w: %s", err, C.GoString(C.logrtc_last_error()))
	}
	return nil
}

func plainFailure(status C.logrtc_status) error {
	switch status {
	case C.LOGRTC_OK, C.LOGRTC_REPAIRED:
		return nil
	case C.LOGRTC_INVALID_ARGUMENT:
		return ErrInvalidArgument
	case C.LOGRTC_CLOSED:
		return ErrClosed
	case C.LOGRTC_DROPPED:
		return ErrDropped
	default:
		return ErrInternal
	}
}
