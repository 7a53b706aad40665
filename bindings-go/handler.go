package logrtc

/*
#include <logrtc.h>
*/
import "C"

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
	"unsafe"
)

// Handler returns a slog.Handler whose entries have the given target. If options is nil, they are
// slog's defaults.
//
// Groups become objects. A level that is not one of slog's four is logged as the next lower of
// them, and its name becomes the field "level_name": "DEBUG-4", or the name that ReplaceAttr gives
// it. ReplaceAttr receives the attributes and the level, but not the time, the message and the
// source.
//
// A logger skips an entry for which Enabled returns false, so that [Stats] does not count it. The
// error of Handle is nil for an entry that is dropped; it is counted.
func (p *Producer) Handler(target string, options *slog.HandlerOptions) slog.Handler {
	handler := &handler{target: target, now: time.Now, write: p.write, enabled: p.Enabled}
	if options != nil {
		handler.options = *options
	}
	return handler
}

func (p *Producer) write(entry []byte) error {
	status := C.logrtc_send_n(p.handle, (*C.char)(unsafe.Pointer(unsafe.SliceData(entry))), C.size_t(len(entry)))
	if status == C.LOGRTC_DROPPED || status == C.LOGRTC_CLOSED {
		return nil
	}
	return plainFailure(status)
}

// levelOf is the level of the protocol that covers a level of slog.
func levelOf(level slog.Level) int {
	switch {
	case level < slog.LevelInfo:
		return C.LOGRTC_DEBUG
	case level < slog.LevelWarn:
		return C.LOGRTC_INFO
	case level < slog.LevelError:
		return C.LOGRTC_WARN
	default:
		return C.LOGRTC_ERROR
	}
}

var levelNames = [...]string{"DEBUG", "INFO", "WARN", "ERROR"}

type handler struct {
	options slog.HandlerOptions
	target  string
	now     func() time.Time
	enabled func(slog.Level, string) bool
	write   func([]byte) error
	// The attributes and groups of WithAttrs and WithGroup, in order.
	scopes []scope
}

// scope is a group that was opened, or attributes that were added to the group that is open.
type scope struct {
	group string
	attrs []slog.Attr
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	least := slog.LevelInfo
	if h.options.Level != nil {
		least = h.options.Level.Level()
	}
	return level >= least && h.enabled(level, h.target)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	return h.with(scope{attrs: attrs})
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.with(scope{group: name})
}

func (h *handler) with(added scope) slog.Handler {
	changed := *h
	changed.scopes = append(h.scopes[:len(h.scopes):len(h.scopes)], added)
	return &changed
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	attrs := make([]slog.Attr, 0, record.NumAttrs())
	record.Attrs(func(attr slog.Attr) bool {
		attrs = append(attrs, attr)
		return true
	})
	scopes := append(h.scopes[:len(h.scopes):len(h.scopes)], scope{attrs: attrs})

	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	out := append((*buffer)[:0], `{"timestamp":"`...)
	out = h.time(record).AppendFormat(out, "2006-01-02T15:04:05.000Z")
	out = append(append(append(out, `","level":"`...), levelNames[levelOf(record.Level)]...), `","target":`...)
	out = appendJSON(out, h.target)
	out = appendJSON(append(out, `,"message":`...), record.Message)
	out = appendSpan(out, ctx)
	out = append(out, `,"fields":`...)
	start := len(out)
	fields := fields{out: append(out, '{'), replace: h.options.ReplaceAttr}
	fields.level(record.Level)
	fields.source(h.options.AddSource, record.PC)
	fields.scopes(scopes)
	out = append(fields.out, "}}"...)
	err := h.write(out)
	if errors.Is(err, ErrInvalidArgument) {
		// JSON that a value made itself, and that a reader could not hold, such as 1e999.
		text := string(out[start : len(out)-1])
		out = append(appendJSON(append(out[:start], `{"invalid_json":`...), text), "}}"...)
		err = h.write(out)
	}
	*buffer = out
	return err
}

// time is the time of the record in UTC: now if it has none, or one that ISO 8601 cannot express.
func (h *handler) time(record slog.Record) time.Time {
	when := record.Time.UTC()
	if record.Time.IsZero() || when.Year() < 0 || when.Year() > 9999 {
		return h.now().UTC()
	}
	return when
}
