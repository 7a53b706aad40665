// Logs, and makes spans, with the OpenTelemetry SDK of Go. Where to is said by the environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otellog "go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	spanExporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return err
	}
	traces := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spanExporter))
	tracer := traces.Tracer("shop.pay")
	logExporter, err := otlploghttp.New(ctx)
	if err != nil {
		return err
	}
	logs := log.NewLoggerProvider(log.WithProcessor(log.NewBatchProcessor(logExporter)))
	logger := otelslog.NewLogger("shop.pay", otelslog.WithLoggerProvider(logs))

	order := attribute.Int64("order.id", 1<<53+1)
	ctx, checkout := tracer.Start(ctx, "checkout", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(order))
	inner, charge := tracer.Start(ctx, "charge")
	logger.WarnContext(inner, "card declined", slog.Int("attempt", 2), slog.Any("card.kinds", []string{"debit", "credit"}))
	var record otellog.Record
	record.SetSeverity(otellog.SeverityTrace)
	amount := otellog.Map("amount", otellog.Float64("value", 12.5), otellog.String("currency", "EUR"))
	record.SetBody(otellog.MapValue(otellog.String("step", "refund"), amount))
	logs.Logger("shop.pay").Emit(inner, record)
	charge.RecordError(errors.New("no money"))
	charge.SetStatus(codes.Error, "declined")
	charge.End()
	checkout.End()
	return errors.Join(logs.Shutdown(ctx), traces.Shutdown(ctx))
}
