package logrtc

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// fields writes the members of an object.
type fields struct {
	out     []byte
	groups  []string
	replace func([]string, slog.Attr) slog.Attr
}

// level writes the name of a level that the protocol does not have.
func (f *fields) level(level slog.Level) {
	name := slog.AnyValue(level)
	if f.replace != nil {
		name = f.replace(nil, slog.Attr{Key: slog.LevelKey, Value: name}).Value.Resolve()
	}
	if text := name.String(); !name.Equal(slog.Value{}) && text != levelNames[levelOf(level)] {
		f.key("level_name")
		f.out = appendJSON(f.out, text)
	}
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

// group writes an object, and nothing if it would be empty.
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
			f.out = appendFloat(f.out, number)
		}
	case slog.KindDuration:
		f.out = strconv.AppendInt(f.out, int64(value.Duration()), 10)
	case slog.KindTime:
		f.out = appendJSON(f.out, value.Time())
	default:
		f.out = appendAny(f.out, value.Any())
	}
}

// appendFloat writes a number that is a float to every reader: 1.0, and not 1.
func appendFloat(out []byte, number float64) []byte {
	encoded, _ := json.Marshal(number)
	out = append(out, encoded...)
	if !strings.ContainsAny(string(encoded), ".e") {
		out = append(out, ".0"...)
	}
	return out
}

// appendAny writes a value whose methods are the program's. The text of a panic becomes the value,
// as in slog's own handlers: a log call must not end the program.
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

// appendJSON writes a value that cannot be encoded as text.
func appendJSON(out []byte, value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		encoded, _ = json.Marshal(fmt.Sprintf("%+v", value))
	}
	return append(out, encoded...)
}
