package logrtc

/*
#include <logrtc.h>
*/
import "C"

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// Handler returns a slog.Handler whose entries have the given target. nil options are the default of slog. ReplaceAttr gets
// the attributes, and not the time, the level, the message and the source, which have places of their own in an entry.
// Groups become objects. Entries that are dropped are counted, and no error.
func (p *Producer) Handler(target string, options *slog.HandlerOptions) slog.Handler {
	handler := &handler{target: target, now: time.Now, write: p.write, enabled: p.enabled}
	if options != nil {
		handler.options = *options
	}
	return handler
}

func (p *Producer) enabled(level slog.Level, target string) bool {
	return C.logrtc_enabled_n(p.handle, C.int(levelOf(level)), pointer(target), C.size_t(len(target))) == 1
}

func (p *Producer) write(entry []byte) error {
	text := string(entry)
	status := C.logrtc_send_n(p.handle, pointer(text), C.size_t(len(text)))
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
	// What WithAttrs and WithGroup have added, in order.
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

func (h *handler) Handle(_ context.Context, record slog.Record) error {
	when := record.Time
	if when.IsZero() {
		// The protocol has no entry without a time.
		when = h.now()
	}
	attrs := make([]slog.Attr, 0, record.NumAttrs())
	record.Attrs(func(attr slog.Attr) bool {
		attrs = append(attrs, attr)
		return true
	})
	scopes := append(h.scopes[:len(h.scopes):len(h.scopes)], scope{attrs: attrs})

	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	out := append((*buffer)[:0], `{"timestamp":"`...)
	out = when.UTC().AppendFormat(out, "2006-01-02T15:04:05.000Z")
	out = append(append(append(out, `","level":"`...), levelNames[levelOf(record.Level)]...), `","target":`...)
	out = appendJSON(out, h.target)
	out = appendJSON(append(out, `,"message":`...), record.Message)
	fields := fields{out: append(out, `,"fields":{`...), replace: h.options.ReplaceAttr}
	fields.source(h.options.AddSource, record.PC)
	fields.scopes(scopes)
	*buffer = append(fields.out, "}}"...)
	return h.write(*buffer)
}

// fields writes the members of an object.
type fields struct {
	out     []byte
	groups  []string
	replace func([]string, slog.Attr) slog.Attr
}

func (f *fields) source(wanted bool, pc uintptr) {
	if !wanted || pc == 0 {
		return
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	f.attr(slog.String("code.file.path", frame.File))
	f.attr(slog.Int("code.line.number", frame.Line))
	f.attr(slog.String("code.function.name", frame.Function))
}

func (f *fields) scopes(scopes []scope) {
	for i, scope := range scopes {
		if scope.group != "" {
			f.group(scope.group, func() { f.scopes(scopes[i+1:]) })
			return
		}
		for _, attr := range scope.attrs {
			f.attr(attr)
		}
	}
}

// group writes an object, and nothing where it would be empty.
func (f *fields) group(name string, members func()) {
	before := len(f.out)
	f.key(name)
	f.out = append(f.out, '{')
	empty := len(f.out)
	f.groups = append(f.groups, name)
	members()
	f.groups = f.groups[:len(f.groups)-1]
	if len(f.out) == empty {
		f.out = f.out[:before]
		return
	}
	f.out = append(f.out, '}')
}

func (f *fields) attr(attr slog.Attr) {
	attr.Value = attr.Value.Resolve()
	if f.replace != nil && attr.Value.Kind() != slog.KindGroup {
		attr = f.replace(f.groups, attr)
		attr.Value = attr.Value.Resolve()
	}
	if attr.Equal(slog.Attr{}) {
		return
	}
	if attr.Value.Kind() != slog.KindGroup {
		f.key(attr.Key)
		f.value(attr.Value)
		return
	}
	members := func() {
		for _, member := range attr.Value.Group() {
			f.attr(member)
		}
	}
	if attr.Key == "" {
		members()
	} else {
		f.group(attr.Key, members)
	}
}

func (f *fields) key(key string) {
	if f.out[len(f.out)-1] != '{' {
		f.out = append(f.out, ',')
	}
	f.out = append(appendJSON(f.out, key), ':')
}

func (f *fields) value(value slog.Value) {
	switch value.Kind() {
	case slog.KindString:
		f.out = appendJSON(f.out, value.String())
	case slog.KindInt64:
		f.out = strconv.AppendInt(f.out, value.Int64(), 10)
	case slog.KindUint64:
		f.out = strconv.AppendUint(f.out, value.Uint64(), 10)
	case slog.KindBool:
		f.out = strconv.AppendBool(f.out, value.Bool())
	case slog.KindFloat64:
		switch number := value.Float64(); {
		case math.IsInf(number, 1):
			f.out = append(f.out, `"Infinity"`...)
		case math.IsInf(number, -1):
			f.out = append(f.out, `"-Infinity"`...)
		case math.IsNaN(number):
			f.out = append(f.out, `"NaN"`...)
		default:
			f.out = appendJSON(f.out, number)
		}
	case slog.KindDuration:
		f.out = strconv.AppendInt(f.out, int64(value.Duration()), 10)
	case slog.KindTime:
		f.out = appendJSON(f.out, value.Time())
	default:
		f.out = appendAny(f.out, value.Any())
	}
}

// appendAny writes a value whose methods are the program's. One that panics is told of, as slog's own handlers do: a log
// call must not end the program.
func appendAny(out []byte, value any) (result []byte) {
	defer func() {
		if panicked := recover(); panicked != nil {
			if pointer := reflect.ValueOf(value); pointer.Kind() == reflect.Pointer && pointer.IsNil() {
				result = append(out, "null"...)
			} else {
				result = appendJSON(out, fmt.Sprintf("!PANIC: %v", panicked))
			}
		}
	}()
	if err, isError := value.(error); isError {
		return appendJSON(out, err.Error())
	}
	return appendJSON(out, value)
}

// appendJSON writes what has no JSON as text.
func appendJSON(out []byte, value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		encoded, _ = json.Marshal(fmt.Sprintf("%+v", value))
	}
	return append(out, encoded...)
}
