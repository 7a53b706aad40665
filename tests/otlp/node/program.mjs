/** Logs, and makes spans, with the OpenTelemetry SDK of Node.js. Where to is said by the environment. */

import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { detectResources, envDetector } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const resource = detectResources({ detectors: [envDetector] });
const traces = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
const tracer = traces.getTracer("shop.pay");
// JSON, and the traces in protobuf.
const logs = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })] });
const logger = logs.getLogger("shop.pay");

const checkout = tracer.startSpan("checkout", { kind: SpanKind.SERVER, attributes: { "order.id": 42 } });
const charge = tracer.startSpan("charge", {}, trace.setSpan(context.active(), checkout));
const within = trace.setSpan(context.active(), charge);
logger.emit({
  severityNumber: SeverityNumber.WARN,
  severityText: "WARN",
  body: "card declined",
  attributes: { attempt: 2, "card.kinds": ["debit", "credit"] },
  context: within,
});
logger.emit({
  severityNumber: SeverityNumber.TRACE,
  body: { step: "refund", amount: { value: 12.5, currency: "EUR" } },
  context: within,
});
charge.recordException(new RangeError("no money"));
charge.setStatus({ code: SpanStatusCode.ERROR, message: "declined" });
charge.end();
checkout.end();

await logs.shutdown();
await traces.shutdown();
