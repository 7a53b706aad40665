// Logs the cases of tests/conformance, one JSON object a line, with the API of Go.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"os"
	"strconv"
	"strings"
	"time"

	logrtc "github.com/logrtc/logrtc/bindings-go"
)

type testCase struct {
	Send    json.RawMessage
	Level   slog.Level
	Target  string
	Message string
	Fields  attrs
	Span    *struct {
		ID       string
		TraceID  string `json:"trace_id"`
		ParentID string `json:"parent_id"`
	}
}

// attrs are fields in their order.
type attrs []slog.Attr

func (a *attrs) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		*a = append(*a, slog.Any(key.(string), valueOf(value)))
	}
	return nil
}

// valueOf is the value as a Go program has it.
func valueOf(value any) any {
	switch value := value.(type) {
	case json.Number:
		if integer, err := value.Int64(); err == nil {
			return integer
		}
		float, _ := value.Float64()
		return float
	case []any:
		for i, element := range value {
			value[i] = valueOf(element)
		}
	case map[string]any:
		if digits, is := value["$integer"].(string); is {
			integer, _ := new(big.Int).SetString(digits, 10)
			return integer
		}
		if text, is := value["$float"].(string); is {
			float, _ := strconv.ParseFloat(text, 64)
			return float
		}
		for key, member := range value {
			value[key] = valueOf(member)
		}
	}
	return value
}

func logCase(producer *logrtc.Producer, line []byte) error {
	var c testCase
	if err := json.Unmarshal(line, &c); err != nil {
		return err
	}
	if c.Send != nil {
		return producer.Send(c.Send)
	}
	ctx := context.Background()
	if c.Span != nil {
		ctx = logrtc.ContextWithSpan(ctx, logrtc.Span{ID: c.Span.ID, TraceID: c.Span.TraceID, ParentID: c.Span.ParentID})
	}
	logger := slog.New(producer.Handler(c.Target, &slog.HandlerOptions{Level: slog.LevelDebug}))
	logger.LogAttrs(ctx, c.Level, c.Message, c.Fields...)
	return nil
}

func main() {
	maxEntryBytes, err := strconv.Atoi(os.Getenv("MAX_ENTRY_BYTES"))
	if err != nil {
		log.Fatal("MAX_ENTRY_BYTES: ", err)
	}
	producer, err := logrtc.Connect("conformance", logrtc.WithMaxEntryBytes(maxEntryBytes), logrtc.WithoutICEServers())
	if err != nil {
		log.Fatal(err)
	}
	logged := 0
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			log.Fatal(err)
		}
		if string(line) == "end\n" {
			break
		}
		if err := logCase(producer, line); err != nil {
			log.Fatalf("%s: %v", line, err)
		}
		logged++
	}
	fmt.Println("logged", logged)
	if _, err := io.Copy(io.Discard, lines); err != nil {
		log.Fatal(err)
	}
	closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := producer.Close(closing); err != nil {
		log.Fatal(err)
	}
}
