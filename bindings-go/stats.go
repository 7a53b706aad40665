package logrtc

/*
#include <logrtc.h>
*/
import "C"

import "unsafe"

// Stats are the counters of a producer.
type Stats struct {
	// Accepted counts the entries that were put into the journal.
	Accepted uint64
	// Filtered counts the entries that the filter left out.
	Filtered uint64
	// Refused counts the entries that the overflow policy refused.
	Refused uint64
	// AfterClose counts the entries that were logged after Close.
	AfterClose uint64
	// RetainedEntries and RetainedBytes are the size of the journal now.
	RetainedEntries, RetainedBytes uint64
	// Registrations counts the registrations with a signaling server.
	Registrations uint64
	// Consumers is the number of consumers with an open channel now.
	Consumers uint64
	// ConsumersOpened counts the consumers whose channel has opened.
	ConsumersOpened uint64
	// ConsumersFailed counts the consumers whose channel did not open in time.
	ConsumersFailed uint64
	// ConsumersRefused counts the consumers that were refused because the maximum number was
	// connected.
	ConsumersRefused uint64
	// These are sums over the consumers that are connected now: ConsumersAccepted = ConsumersDelivered
	// + ConsumersWaiting + ConsumersDropped + ConsumersFiltered.
	ConsumersAccepted, ConsumersDelivered, ConsumersWaiting, ConsumersDropped, ConsumersFiltered uint64
	// AnswersRefused and CandidatesRefused count messages of consumers that were refused because they
	// violate the protocol.
	AnswersRefused, CandidatesRefused uint64
	// MalformedMessages counts the malformed messages of the signaling server.
	MalformedMessages uint64
	// IgnoredMessages counts the messages of consumers that were malformed, too long or too many.
	IgnoredMessages uint64
	// ProofsRefused counts the answers of consumers that had no right proof of the secret.
	ProofsRefused uint64
}

// Stats returns the counters. It works after Close too.
func (p *Producer) Stats() Stats {
	stats := C.logrtc_stats{struct_size: C.size_t(unsafe.Sizeof(C.logrtc_stats{}))}
	C.logrtc_get_stats(p.handle, &stats)
	return Stats{
		Accepted:           uint64(stats.accepted),
		Filtered:           uint64(stats.filtered),
		Refused:            uint64(stats.refused),
		AfterClose:         uint64(stats.after_close),
		RetainedEntries:    uint64(stats.retained_entries),
		RetainedBytes:      uint64(stats.retained_bytes),
		Registrations:      uint64(stats.registrations),
		Consumers:          uint64(stats.consumers),
		ConsumersOpened:    uint64(stats.consumers_opened),
		ConsumersFailed:    uint64(stats.consumers_failed),
		ConsumersRefused:   uint64(stats.consumers_refused),
		ConsumersAccepted:  uint64(stats.consumers_accepted),
		ConsumersDelivered: uint64(stats.consumers_delivered),
		ConsumersWaiting:   uint64(stats.consumers_waiting),
		ConsumersDropped:   uint64(stats.consumers_dropped),
		ConsumersFiltered:  uint64(stats.consumers_filtered),
		AnswersRefused:     uint64(stats.answers_refused),
		CandidatesRefused:  uint64(stats.candidates_refused),
		MalformedMessages:  uint64(stats.malformed_messages),
		IgnoredMessages:    uint64(stats.ignored_messages),
		ProofsRefused:      uint64(stats.proofs_refused),
	}
}
