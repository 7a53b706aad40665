// A short program: short URL CLIENT_ID. It logs one entry with its id as the target, and closes.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	logrtc "github.com/logrtc/logrtc/bindings-go"
)

func main() {
	producer, err := logrtc.Connect(os.Args[2], logrtc.WithURL(os.Args[1]), logrtc.WithoutICEServers())
	if err != nil {
		log.Fatal(err)
	}
	slog.New(producer.Handler(os.Args[2], nil)).Info("here")
	closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := producer.Close(closing); err != nil {
		log.Fatal(err)
	}
}
