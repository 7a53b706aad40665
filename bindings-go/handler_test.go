package logrtc

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/slogtest"
	"time"
)

// recorded is a handler that keeps its entries.
func recorded(t *testing.T, options slog.HandlerOptions, keep func(entry map[string]any)) *handler {
	return &handler{
		options: options,
		target:  "test",
		now:     time.Now,
		enabled: func(slog.Level, string) bool { return true },
		write: func(text []byte) error {
			var entry map[string]any
			if err := json.Unmarshal(text, &entry); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			keep(entry)
			return nil
		},
	}
}

func TestTheHandlerIsAHandlerOfSlog(t *testing.T) {
	var results []map[string]any
	timeless := false
	handler := recorded(t, slog.HandlerOptions{}, func(entry map[string]any) {
		// slogtest wants it all in one map, and no time where the record has none.
		result := entry["fields"].(map[string]any)
		result[slog.LevelKey], result[slog.MessageKey] = entry["level"], entry["message"]
		if !timeless {
			result[slog.TimeKey] = entry["timestamp"]
		}
		timeless = false
		results = append(results, result)
	})
	handler.now = func() time.Time {
		timeless = true
		return time.Now()
	}
	if err := slogtest.TestHandler(handler, func() []map[string]any { return results }); err != nil {
		t.Error(err)
	}
}

type broken struct{ text *string }

func (b *broken) Error() string {
	if b.text == nil {
		panic("broken")
	}
	return *b.text
}

func TestEveryKindOfValueIsJSON(t *testing.T) {
	var entry map[string]any
	logger := slog.New(recorded(t, slog.HandlerOptions{AddSource: true}, func(e map[string]any) { entry = e }))
	logger.Error("日志 \"quoted\"\n", "nan", math.NaN(), "least", math.Inf(-1), "took", time.Second, "err", errors.New("no"), "none", nil,
		"function", func() {}, "list", []int{1, 2}, "typed_nil", (*broken)(nil), "panics", &broken{})
	fields := entry["fields"].(map[string]any)
	if entry["message"] != "日志 \"quoted\"\n" || entry["level"] != "ERROR" || entry["target"] != "test" {
		t.Errorf("%v", entry)
	}
	for key, expected := range map[string]any{
		"nan": "NaN", "least": "-Infinity", "took": 1e9, "err": "no", "none": nil, "typed_nil": nil, "panics": "!PANIC: broken", "list": []any{1.0, 2.0},
		"code.function.name": "logrtc.TestEveryKindOfValueIsJSON",
	} {
		if !reflect.DeepEqual(fields[key], expected) {
			t.Errorf("%s: %v, not %v", key, fields[key], expected)
		}
	}
}

func TestAProducerAnswersToTheEnd(t *testing.T) {
	if _, err := Connect("a\nb", WithoutICEServers()); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := Connect("go", WithURL("http://wrong")); err == nil ||
		err.Error() != "invalid argument: url: the scheme must be ws or wss, not \"http\", as in ws://localhost:8080/signaling" {
		t.Error(err)
	}
	if _, err := Connect("go", WithInterfaces("lo", "")); err == nil || err.Error() != "invalid argument: interfaces: must not be empty" {
		t.Error(err)
	}
	nameless, err := Connect("", WithURL("ws://127.0.0.1:9"), WithoutICEServers())
	if err != nil {
		t.Fatal("the name of the program is the default: ", err)
	}
	if err := nameless.Close(context.Background()); err != nil {
		t.Error(err)
	}
	producer, err := Connect("go", WithURL("ws://127.0.0.1:9"), WithoutICEServers(), WithFilter("info,quiet=off"))
	if err != nil {
		t.Fatal(err)
	}
	if producer.Handler("quiet", nil).Enabled(context.Background(), slog.LevelError) {
		t.Error("the filter of the producer counts")
	}
	logger := slog.New(producer.Handler("test", nil))
	logger.Info("started", "port", 8080)
	if err := producer.Flush(context.Background()); err != nil {
		t.Error(err)
	}
	for producer.LastError() == nil {
		time.Sleep(time.Millisecond)
	}
	if err := producer.LastError(); !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
	waiting, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond)
	defer cancel()
	if err := producer.WaitForConsumer(waiting); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := producer.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if err := producer.Close(context.Background()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := producer.WaitForConsumer(context.Background()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	logger.Info("after the end")
}
