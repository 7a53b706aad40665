package logrtc

import "context"

// Span is the place of an entry in a distributed trace. An empty id is left out.
type Span struct{ ID, TraceID, ParentID string }

type spanKey struct{}

// ContextWithSpan returns a context whose entries belong to span: slog.InfoContext(ctx, …).
func ContextWithSpan(ctx context.Context, span Span) context.Context {
	return context.WithValue(ctx, spanKey{}, span)
}

// appendSpan writes the span of ctx, if there is one.
func appendSpan(out []byte, ctx context.Context) []byte {
	if ctx == nil {
		return out
	}
	span, _ := ctx.Value(spanKey{}).(Span)
	if span == (Span{}) {
		return out
	}
	members := fields{out: append(out, `,"span":{`...)}
	for _, id := range [...]struct{ key, value string }{
		{"id", span.ID}, {"trace_id", span.TraceID}, {"parent_id", span.ParentID},
	} {
		if id.value != "" {
			members.key(id.key)
			members.out = appendJSON(members.out, id.value)
		}
	}
	return append(members.out, '}')
}
