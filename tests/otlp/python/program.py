"""Logs, and makes spans, with the OpenTelemetry SDK of Python. Where to is said by the environment."""

import logging

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

traces = TracerProvider()
traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = traces.get_tracer("shop.pay")
logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
logger = logging.getLogger("shop.pay")
logger.addHandler(LoggingHandler(logger_provider=logs))

with tracer.start_as_current_span("checkout", kind=trace.SpanKind.SERVER, attributes={"order.id": 2**53 + 1}):
    with tracer.start_as_current_span("charge") as span:
        logger.warning("card declined", extra={"attempt": 2, "card.kinds": ["debit", "credit"]})
        body = {"step": "refund", "amount": {"value": 12.5, "currency": "EUR"}}
        logs.get_logger("shop.pay").emit(body=body, severity_number=SeverityNumber.TRACE)
        try:
            raise ValueError("no money")
        except ValueError as error:
            span.record_exception(error)
            span.set_status(trace.Status(trace.StatusCode.ERROR, "declined"))

logs.shutdown()
traces.shutdown()
