package logrtc

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"sync"
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
		"code.function.name": "github.com/logrtc/logrtc/bindings-go.TestEveryKindOfValueIsJSON",
	} {
		if !reflect.DeepEqual(fields[key], expected) {
			t.Errorf("%s: %v, not %v", key, fields[key], expected)
		}
	}
}

func TestALevelKeepsItsName(t *testing.T) {
	const trace, fatal = slog.Level(-8), slog.Level(12)
	named := func(groups []string, attr slog.Attr) slog.Attr {
		if attr.Key == slog.LevelKey && len(groups) == 0 && attr.Value.Any() == fatal {
			attr.Value = slog.StringValue("FATAL")
		}
		return attr
	}
	dropped := func([]string, slog.Attr) slog.Attr { return slog.Attr{} }
	for _, c := range []struct {
		level    slog.Level
		replace  func([]string, slog.Attr) slog.Attr
		expected string
		name     any
	}{
		{slog.LevelInfo, nil, "INFO", nil},
		{slog.LevelError, named, "ERROR", nil},
		{trace, nil, "DEBUG", "DEBUG-4"},
		{trace, named, "DEBUG", "DEBUG-4"},
		{slog.LevelInfo + 2, nil, "INFO", "INFO+2"},
		{fatal, nil, "ERROR", "ERROR+4"},
		{fatal, named, "ERROR", "FATAL"},
		{fatal, dropped, "ERROR", nil},
	} {
		var entry map[string]any
		options := slog.HandlerOptions{Level: trace, ReplaceAttr: c.replace}
		slog.New(recorded(t, options, func(e map[string]any) { entry = e })).Log(context.Background(), c.level, "m")
		if name := entry["fields"].(map[string]any)["level_name"]; entry["level"] != c.expected || name != c.name {
			t.Errorf("%v: %v %v, not %v %v", c.level, entry["level"], name, c.expected, c.name)
		}
	}
}

func TestAnEntryHasTheSpanOfItsContext(t *testing.T) {
	var entry map[string]any
	logger := slog.New(recorded(t, slog.HandlerOptions{}, func(e map[string]any) { entry = e }))
	ctx := ContextWithSpan(context.Background(), Span{ID: "s\"", TraceID: "t"})
	logger.InfoContext(ctx, "m")
	if expected := map[string]any{"id": "s\"", "trace_id": "t"}; !reflect.DeepEqual(entry["span"], expected) {
		t.Errorf("%v, not %v", entry["span"], expected)
	}
	if logger.Info("m"); entry["span"] != nil {
		t.Errorf("%v", entry["span"])
	}
}

func TestWhatNoReaderCanHoldIsLoggedAsText(t *testing.T) {
	producer, err := Connect("go", WithURL("ws://127.0.0.1:9"), WithoutICEServers())
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close(context.Background())
	logger := slog.New(producer.Handler("test", nil))
	logger.Info("m", "number", json.Number("1e999"))
	logger.Info("m", "surrogate", json.RawMessage(`"\ud800"`))
	logger.Info("not \xff UTF-8", "a\xff", "\xff")
	record := slog.NewRecord(time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC), slog.LevelInfo, "far away", 0)
	if err := logger.Handler().Handle(context.Background(), record); err != nil {
		t.Error(err)
	}
	if stats := producer.Stats(); stats.Accepted != 4 || stats.RetainedEntries != 4 {
		t.Errorf("%+v", stats)
	}
}

func TestAProducerReportsWhatHappens(t *testing.T) {
	events, diagnostics := make(chan Event, 64), make(chan string, 64)
	producer, err := Connect("go", WithURL("ws://127.0.0.1:9"), WithoutICEServers(), WithReconnectInterval(time.Millisecond),
		WithEvents(func(event Event) {
			select {
			case events <- event:
			default:
			}
		}),
		WithDiagnostics(func(level slog.Level, message string) {
			if level == slog.LevelWarn {
				diagnostics <- message
			}
		}))
	if err != nil {
		t.Fatal(err)
	}
	if event := <-events; event != (StateChanged{StateConnecting}) {
		t.Errorf("%v", event)
	}
	for event := range events {
		if failed, is := event.(ServerError); is {
			if !strings.Contains(failed.Message, "refused") {
				t.Error(failed)
			}
			break
		}
	}
	if message := <-diagnostics; !strings.Contains(message, "ws://127.0.0.1:9/") {
		t.Error(message)
	}
	if state := producer.State(); state != StateReconnecting && state != StateConnecting {
		t.Error(state)
	}
	if err := producer.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if producer.State() != StateClosed || StateClosed.String() != "closed" || EndPathLost.String() != "path_lost" {
		t.Errorf("%v %v", producer.State(), EndPathLost)
	}
}

func TestAProducerMayBeClosedByACallback(t *testing.T) {
	producers, closed := make(chan *Producer, 1), make(chan error, 1)
	var once sync.Once
	producer, err := Connect("go", WithURL("ws://127.0.0.1:9"), WithoutICEServers(),
		WithDiagnostics(func(slog.Level, string) {
			once.Do(func() { closed <- (<-producers).Close(context.Background()) })
		}))
	if err != nil {
		t.Fatal(err)
	}
	producers <- producer
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("Close does not return")
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
	for problem, option := range map[string]Option{
		"overflow: 7 is not one of LOGRTC_OVERFLOW_… (0 to 2)":           WithOverflow(7, 0),
		"replay: -2 is neither LOGRTC_REPLAY_ALL (-1) nor a number":      WithReplay(-2),
		"max_consumers: 0 is not from 1 to 1000":                         WithMaxConsumers(0),
		"udp_ports: 2-1 is not a range of ports from 1 to 65535":         WithUDPPorts(2, 1),
		"announced_address: \"x\" is not an IP address, as in 192.0.2.1": WithAnnouncedAddress("x"),
	} {
		if _, err := Connect("go", option); err == nil || err.Error() != "invalid argument: "+problem {
			t.Error(err)
		}
	}
	nameless, err := Connect("", WithURL("ws://127.0.0.1:9"), WithoutICEServers(), WithOverflow(OverflowBlock, time.Second),
		WithReplay(5), WithMaxConsumers(2), WithFork(false), WithUDPPorts(50000, 50100), WithAnnouncedAddress("192.0.2.1"))
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
	if stats := producer.Stats(); stats.Accepted != 1 || stats.RetainedEntries != 0 {
		t.Errorf("%+v", stats)
	}
}
