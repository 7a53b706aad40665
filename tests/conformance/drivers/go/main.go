// Logs the cases of tests/conformance, one JSON object a line, with the API of Go.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"os"
	"strconv"
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

// attrs are the members of an object in their order.
type attrs []slog.Attr

func (a *attrs) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := valueOf(decoder)
	if err == nil {
		*a = value.(attrs)
	}
	return err
}

func (a attrs) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, attr := range a {
		key, _ := json.Marshal(attr.Key)
		value, err := json.Marshal(attr.Value.Any())
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// valueOf reads the next value, as a Go program has it.
func valueOf(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		if integer, err := token.Int64(); err == nil {
			return integer, nil
		}
		return token.Float64()
	case json.Delim:
		object, list := attrs{}, []any{}
		for decoder.More() {
			var key any
			if token == '{' {
				if key, err = decoder.Token(); err != nil {
					return nil, err
				}
			}
			value, err := valueOf(decoder)
			if err != nil {
				return nil, err
			}
			switch key := key.(type) {
			case nil:
				list = append(list, value)
			case string:
				object = append(object, slog.Any(key, value))
			}
		}
		if _, err := decoder.Token(); err != nil || token == '[' {
			return list, err
		}
		return numberOf(object)
	}
	return token, nil
}

// numberOf is the number that an object stands for (cases.mjs), or the object.
func numberOf(object attrs) (any, error) {
	if len(object) == 1 {
		text := object[0].Value.String()
		switch object[0].Key {
		case "$integer":
			integer, _ := new(big.Int).SetString(text, 10)
			return integer, nil
		case "$float":
			return strconv.ParseFloat(text, 64)
		}
	}
	return object, nil
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
