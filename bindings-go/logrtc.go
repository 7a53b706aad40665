// Package logrtc streams a program's structured log, live, to web pages, directly over WebRTC.
//
// It calls liblogrtc, which pkg-config finds. liblogrtc writes a warning to standard error if the signaling server cannot be
// reached, and every diagnostic if LOGRTC_DIAGNOSTICS=1 is in the environment.
//
// A Go program ends without the handlers of exit(), so it must call [Producer.Close]: what is not delivered at its end is lost.
package logrtc

/*
#cgo pkg-config: logrtc
#include <stdlib.h>
#include <logrtc.h>
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"
	"unsafe"
)

// What a call can be refused for; errors.Is tells which.
var (
	ErrInvalidArgument = errors.New("invalid argument")
	ErrClosed          = errors.New("closed")
	ErrDropped         = errors.New("dropped")
	ErrInternal        = errors.New("internal error")
)

// Producer streams the log. All methods can be called by many goroutines at once, and at any time.
type Producer struct {
	handle *C.logrtc_producer
}

// Option sets an option of a producer.
type Option func(*C.logrtc_options) C.logrtc_status

// text makes the option of one setter.
func text(value string, set func(*C.logrtc_options, *C.char, C.size_t) C.logrtc_status) Option {
	return func(options *C.logrtc_options) C.logrtc_status {
		return set(options, pointer(value), C.size_t(len(value)))
	}
}

// WithURL sets the address of the signaling server.
func WithURL(url string) Option {
	return text(url, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_url_n(o, p, n)
	})
}

// WithSystemName sets the name of the system, for people.
func WithSystemName(name string) Option {
	return text(name, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_system_name_n(o, p, n)
	})
}

// WithVersion sets the version of the system.
func WithVersion(version string) Option {
	return text(version, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_version_n(o, p, n)
	})
}

// WithToken sets a bearer token for the signaling server.
func WithToken(token string) Option {
	return text(token, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_token_n(o, p, n)
	})
}

// WithFilter sets what is logged, by level and target: "info,app.db=debug".
func WithFilter(filter string) Option {
	return text(filter, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_filter_n(o, p, n)
	})
}

// WithoutICEServers leaves no STUN server, not even the default: right within one network.
func WithoutICEServers() Option {
	return func(options *C.logrtc_options) C.logrtc_status { return C.logrtc_options_clear_ice_servers(options) }
}

// WithInterfaces sets the network interfaces over which browsers connect, by name ("eth0") or by address ("192.0.2.1").
// By default, it is every one but loopback, and loopback if the signaling server is on this host or there is no other.
func WithInterfaces(interfaces ...string) Option {
	return func(options *C.logrtc_options) C.logrtc_status {
		for _, name := range interfaces {
			if status := C.logrtc_options_add_interface_n(options, pointer(name), C.size_t(len(name))); status != C.LOGRTC_OK {
				return status
			}
		}
		return C.LOGRTC_OK
	}
}

// Connect starts a producer that registers as clientID, and returns at once: it connects and reconnects by itself. An empty
// clientID stands for the name of the program. Wrong options are an error.
func Connect(clientID string, options ...Option) (*Producer, error) {
	// The text of an error belongs to the thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	made := C.logrtc_options_new()
	defer C.logrtc_options_free(made)
	var status C.logrtc_status = C.LOGRTC_OK
	if clientID != "" {
		status = C.logrtc_options_set_client_id_n(made, pointer(clientID), C.size_t(len(clientID)))
	}
	for _, option := range options {
		if status == C.LOGRTC_OK {
			status = option(made)
		}
	}
	producer := &Producer{}
	if status == C.LOGRTC_OK {
		status = C.logrtc_connect(made, &producer.handle)
	}
	if err := failure(status); err != nil {
		return nil, err
	}
	return producer, nil
}

// WaitForConsumer waits until a browser is connected, or until ctx is done.
func (p *Producer) WaitForConsumer(ctx context.Context) error {
	return p.inSteps(ctx, func(step C.uint64_t) C.logrtc_status { return C.logrtc_wait_for_consumer(p.handle, step) })
}

// Flush waits until every connected browser has what was logged before the call, or until ctx is done.
func (p *Producer) Flush(ctx context.Context) error {
	var position C.uint64_t
	if status := C.logrtc_position(p.handle, &position); status != C.LOGRTC_OK {
		return plainFailure(status)
	}
	return p.inSteps(ctx, func(step C.uint64_t) C.logrtc_status { return C.logrtc_flush_to(p.handle, position, step, nil) })
}

// inSteps repeats a wait that takes milliseconds. They are few, because a context may end at any time.
func (p *Producer) inSteps(ctx context.Context, wait func(C.uint64_t) C.logrtc_status) error {
	for {
		began := time.Now()
		step := min(remaining(ctx), 50)
		status := wait(C.uint64_t(step))
		if status != C.LOGRTC_TIMEOUT {
			return plainFailure(status)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		// A producer that is switched off does not wait.
		time.Sleep(time.Duration(step)*time.Millisecond - time.Since(began))
	}
}

// LastError returns why the signaling server cannot be reached, or its last complaint; nil if it takes the producer.
func (p *Producer) LastError() error {
	text := make([]byte, 512)
	var length C.size_t
	for {
		C.logrtc_get_server_error(p.handle, (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text)), &length)
		if int(length) < len(text) {
			break
		}
		text = make([]byte, length+1)
	}
	if length == 0 {
		return nil
	}
	return errors.New(string(text[:length]))
}

// Close delivers what is logged, until ctx is done, and ends the producer. It waits for browsers that are about to connect, too,
// and returns at once if there are none. If ctx is canceled, the producer goes on to close. Closing again returns ErrClosed.
func (p *Producer) Close(ctx context.Context) error {
	closed := make(chan C.logrtc_status, 1)
	go func() { closed <- C.logrtc_close(p.handle, C.uint64_t(remaining(ctx))) }()
	var status C.logrtc_status
	select {
	case status = <-closed:
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		status = <-closed
	}
	if status == C.LOGRTC_TIMEOUT {
		return context.DeadlineExceeded
	}
	return plainFailure(status)
}

func remaining(ctx context.Context) uint64 {
	deadline, bounded := ctx.Deadline()
	switch left := time.Until(deadline); {
	case ctx.Err() != nil || bounded && left < 0:
		return 0
	case !bounded:
		return math.MaxUint64
	default:
		return uint64(left.Milliseconds()) + 1
	}
}

func pointer(text string) *C.char {
	return (*C.char)(unsafe.Pointer(unsafe.StringData(text)))
}

// failure is for a call that was made by a locked thread, and has its text.
func failure(status C.logrtc_status) error {
	if err := plainFailure(status); err != nil {
		return fmt.Errorf("%w: %s", err, C.GoString(C.logrtc_last_error()))
	}
	return nil
}

func plainFailure(status C.logrtc_status) error {
	switch status {
	case C.LOGRTC_OK:
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
