package logrtc

/*
#include <logrtc.h>
*/
import "C"

// State is the state of a producer's connection to the signaling server. Open channels do not
// depend on it.
type State int

const (
	// StateConnecting: the producer is connecting.
	StateConnecting State = C.LOGRTC_STATE_CONNECTING
	// StateRegistered: consumers can connect.
	StateRegistered State = C.LOGRTC_STATE_REGISTERED
	// StateReconnecting: the server cannot be reached or the connection is lost; the producer retries.
	StateReconnecting State = C.LOGRTC_STATE_RECONNECTING
	// StateAbandoned: the producer has stopped retrying.
	StateAbandoned State = C.LOGRTC_STATE_ABANDONED
	// StateClosed: the producer is closed.
	StateClosed State = C.LOGRTC_STATE_CLOSED
	// StateDisabled: the producer is disabled, by an option or by LOGRTC_DISABLED in the environment.
	StateDisabled State = C.LOGRTC_STATE_DISABLED
)

// String returns the name of the state, such as "registered".
func (s State) String() string { return C.GoString(C.logrtc_state_string(C.int(s))) }

// EndReason is the reason why a connection to a consumer ended.
type EndReason int

const (
	// EndClosedByConsumer: the consumer closed the channel.
	EndClosedByConsumer EndReason = C.LOGRTC_END_CLOSED_BY_CONSUMER
	// EndLeft: the signaling server reported that the consumer left.
	EndLeft EndReason = C.LOGRTC_END_LEFT
	// EndReplaced: the consumer was announced again; a new connection replaces this one.
	EndReplaced EndReason = C.LOGRTC_END_REPLACED
	// EndOpenTimeout: the channel did not open within 15 s, or within 3 s while all places were taken.
	EndOpenTimeout EndReason = C.LOGRTC_END_OPEN_TIMEOUT
	// EndStalled: the consumer acknowledged nothing for 20 s.
	EndStalled EndReason = C.LOGRTC_END_STALLED
	// EndPathLost: the network path was lost for 15 s.
	EndPathLost EndReason = C.LOGRTC_END_PATH_LOST
	// EndFlooded: the consumer sent far more than it may, or opened a channel.
	EndFlooded EndReason = C.LOGRTC_END_FLOODED
	// EndFailed: WebRTC failed.
	EndFailed EndReason = C.LOGRTC_END_FAILED
	// EndProducerClosed: the producer closed.
	EndProducerClosed EndReason = C.LOGRTC_END_PRODUCER_CLOSED
	// EndProofRefused: the answer of the consumer had no right proof of the secret.
	EndProofRefused EndReason = C.LOGRTC_END_PROOF_REFUSED
)

// String returns the name of the reason, such as "path_lost".
func (r EndReason) String() string { return C.GoString(C.logrtc_end_reason_string(C.int(r))) }

// Event is an event of a producer: StateChanged, ConsumerConnected, ConsumerDisconnected,
// ConsumerRefused or ServerError. More kinds may be added.
type Event interface{ isEvent() }

// StateChanged reports a new state.
type StateChanged struct{ State State }

// ConsumerConnected reports that the channel to a consumer opened.
type ConsumerConnected struct {
	// The id under which the signaling server announced the consumer.
	ConsumerID string
}

// ConsumerDisconnected reports that the connection to a consumer ended, or never opened.
type ConsumerDisconnected struct {
	ConsumerID string
	Reason     EndReason
	Counts     Counts
}

// ConsumerRefused reports that a consumer was refused because the maximum number of consumers is
// connected.
type ConsumerRefused struct{ ConsumerID string }

// ServerError reports that the signaling server sent an error or could not be reached.
type ServerError struct{ Message string }

func (StateChanged) isEvent()         {}
func (ConsumerConnected) isEvent()    {}
func (ConsumerDisconnected) isEvent() {}
func (ConsumerRefused) isEvent()      {}
func (ServerError) isEvent()          {}

// Counts are the numbers of entries for one consumer: Accepted = Delivered + Waiting + Filtered +
// all that were dropped.
type Counts struct {
	// Accepted counts the entries for the consumer.
	Accepted uint64
	// Delivered counts those that it acknowledged.
	Delivered uint64
	// Waiting counts those in the journal or in flight.
	Waiting uint64
	// Filtered counts those that the consumer's filter left out.
	Filtered uint64
	// DroppedOverflow counts those that left the journal before they were sent.
	DroppedOverflow uint64
	// DroppedRefused counts those that the overflow policy refused.
	DroppedRefused uint64
	// DroppedOversize counts those that are longer than the consumer accepts.
	DroppedOversize uint64
	// DroppedDisconnected counts those that were not acknowledged when the connection ended.
	DroppedDisconnected uint64
}

// eventOf is nil for an event that this package does not know.
func eventOf(event *C.logrtc_event) Event {
	consumer := C.GoString(event.consumer_id)
	switch event.kind {
	case C.LOGRTC_EVENT_STATE:
		return StateChanged{State(event.state)}
	case C.LOGRTC_EVENT_CONSUMER_CONNECTED:
		return ConsumerConnected{consumer}
	case C.LOGRTC_EVENT_CONSUMER_DISCONNECTED:
		return ConsumerDisconnected{consumer, EndReason(event.reason), Counts{
			Accepted:            uint64(event.accepted),
			Delivered:           uint64(event.delivered),
			Waiting:             uint64(event.waiting),
			Filtered:            uint64(event.filtered),
			DroppedOverflow:     uint64(event.dropped_overflow),
			DroppedRefused:      uint64(event.dropped_refused),
			DroppedOversize:     uint64(event.dropped_oversize),
			DroppedDisconnected: uint64(event.dropped_disconnected),
		}}
	case C.LOGRTC_EVENT_CONSUMER_REFUSED:
		return ConsumerRefused{consumer}
	case C.LOGRTC_EVENT_SERVER_ERROR:
		return ServerError{C.GoString(event.message)}
	}
	return nil
}
