// Package logrtc streams a program's structured log live to web pages over WebRTC.
//
//	producer, err := logrtc.Connect("checkout", logrtc.WithVersion("1.4.0"))
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer producer.Close(context.Background())
//	slog.SetDefault(slog.New(producer.Handler("checkout.http", nil)))
//	slog.Info("listening", "port", 8080)
//
// The package calls the C library liblogrtc through cgo; pkg-config must find it.
//
// A Go program must call [Producer.Close] before it ends: Go runs no exit handlers, so undelivered
// entries are lost otherwise.
package logrtc

/*
#cgo pkg-config: logrtc
#include <logrtc.h>
*/
import "C"

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"runtime"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// Producer streams the log. Its methods may be called by several goroutines at once, and at any
// time.
type Producer struct {
	handle *C.logrtc_producer
	// Of the callbacks; 0 if there are none.
	callbacks cgo.Handle
	freed     sync.Once
}

// Connect starts a producer that registers as clientID, and returns at once: it connects, registers
// and reconnects in the background. If clientID is empty, it is the name of the program. The error
// is ErrInvalidArgument if an option is invalid.
func Connect(clientID string, options ...Option) (*Producer, error) {
	// The text of an error belongs to the thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	made := &settings{options: C.logrtc_options_new()}
	defer C.logrtc_options_free(made.options)
	var status C.logrtc_status = C.LOGRTC_OK
	if clientID != "" {
		status = C.logrtc_options_set_client_id_n(made.options, pointer(clientID), C.size_t(len(clientID)))
	}
	for _, option := range options {
		if status == C.LOGRTC_OK {
			status = option(made)
		}
	}
	producer := &Producer{}
	if status == C.LOGRTC_OK {
		producer.callbacks, status = made.setCallbacks()
	}
	if status == C.LOGRTC_OK {
		status = C.logrtc_connect(made.options, &producer.handle)
	}
	if err := failure(status); err != nil {
		producer.freeCallbacks()
		return nil, err
	}
	return producer, nil
}

// Send logs a whole entry, a JSON object with the keys "timestamp", "level", "target", "message",
// and optionally "fields" and "span". The error is ErrInvalidArgument if it is not one; nothing is
// logged then.
func (p *Producer) Send(entry []byte) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return failure(C.logrtc_send_n(p.handle, (*C.char)(unsafe.Pointer(unsafe.SliceData(entry))), C.size_t(len(entry))))
}

// Enabled reports whether an entry of this level and target would be logged.
func (p *Producer) Enabled(level slog.Level, target string) bool {
	return C.logrtc_enabled_n(p.handle, C.int(levelOf(level)), pointer(target), C.size_t(len(target))) == 1
}

// SetFilter sets the filter by level and target, such as "info,app.db=debug".
func (p *Producer) SetFilter(filter string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return failure(C.logrtc_set_filter_n(p.handle, pointer(filter), C.size_t(len(filter))))
}

// WaitForConsumer waits until a consumer is connected, or until ctx is done.
func (p *Producer) WaitForConsumer(ctx context.Context) error {
	return p.inSteps(ctx, func(step C.uint64_t) C.logrtc_status { return C.logrtc_wait_for_consumer(p.handle, step) })
}

// Flush waits until every connected consumer has all entries that were logged before the call, or
// until ctx is done.
func (p *Producer) Flush(ctx context.Context) error {
	var position C.uint64_t
	if status := C.logrtc_position(p.handle, &position); status != C.LOGRTC_OK {
		return plainFailure(status)
	}
	return p.inSteps(ctx, func(step C.uint64_t) C.logrtc_status { return C.logrtc_flush_to(p.handle, position, step, nil) })
}

// inSteps repeats a wait of at most 50 ms, because a context may end at any time.
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
		// The wait of a disabled producer returns at once.
		time.Sleep(time.Duration(step)*time.Millisecond - time.Since(began))
	}
}

// State returns the state of the connection to the signaling server; StateClosed after Close.
func (p *Producer) State() State {
	var state C.int
	C.logrtc_get_state(p.handle, &state)
	return State(state)
}

// LastError returns the last error of the signaling server, or why it cannot be reached; nil once
// the producer is registered.
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

// Close delivers the remaining entries until ctx is done, and ends the producer. It also waits for
// consumers that are about to connect, and returns at once if there are none. If ctx is canceled,
// the close continues in the background. After Close has returned without an error of ctx, no
// callback runs. A second Close returns ErrClosed. A callback may call it with context.Background()
// alone: it waits for the callbacks otherwise.
func (p *Producer) Close(ctx context.Context) error {
	if ctx.Done() == nil {
		// On this thread, so that the library knows a callback that closes.
		status := C.logrtc_close(p.handle, C.uint64_t(remaining(ctx)))
		p.freeCallbacks()
		return closeFailure(status)
	}
	closed := make(chan C.logrtc_status, 1)
	go func() {
		status := C.logrtc_close(p.handle, C.uint64_t(remaining(ctx)))
		p.freeCallbacks()
		closed <- status
	}()
	var status C.logrtc_status
	select {
	case status = <-closed:
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		status = <-closed
	}
	return closeFailure(status)
}

func closeFailure(status C.logrtc_status) error {
	if status == C.LOGRTC_TIMEOUT {
		return context.DeadlineExceeded
	}
	return plainFailure(status)
}

func (p *Producer) freeCallbacks() {
	if p.callbacks != 0 {
		p.freed.Do(p.callbacks.Delete)
	}
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
