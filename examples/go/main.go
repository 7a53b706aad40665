// The Go example of the protocol: a program that logs to every browser that comes.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	logrtc "github.com/logrtc/logrtc/bindings-go"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	producer, err := logrtc.Connect("go_app", logrtc.WithSystemName("Go Application"), logrtc.WithVersion("1.0.0"))
	if err != nil {
		log.Fatal(err)
	}
	slog.SetDefault(slog.New(producer.Handler("go_app.main", nil)))
	slog.Info("Go应用程序启动")

	<-ctx.Done() // The program's own work; its log is in the browser as long as it runs.
	closing, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = producer.Close(closing)
}
