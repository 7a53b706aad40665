package logrtc

/*
#include <logrtc.h>
*/
import "C"

import (
	"log/slog"
	"time"
)

// settings are the options of a producer in the making.
type settings struct {
	options     *C.logrtc_options
	event       func(Event)
	diagnostics func(slog.Level, string)
}

// Option sets an option of a producer.
type Option func(*settings) C.logrtc_status

// text makes the option of a setter that takes a string.
func text(value string, set func(*C.logrtc_options, *C.char, C.size_t) C.logrtc_status) Option {
	return func(s *settings) C.logrtc_status { return set(s.options, pointer(value), C.size_t(len(value))) }
}

// WithURL sets the address of the signaling server. Default: "ws://localhost:8080/signaling".
func WithURL(url string) Option {
	return text(url, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_url_n(o, p, n)
	})
}

// WithSystemName sets the display name of the system. Default: the client id.
func WithSystemName(name string) Option {
	return text(name, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_system_name_n(o, p, n)
	})
}

// WithVersion sets the version of the system. Default: "0.0.0".
func WithVersion(version string) Option {
	return text(version, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_version_n(o, p, n)
	})
}

// WithDescription sets a description of the system for people.
func WithDescription(description string) Option {
	return text(description, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_description_n(o, p, n)
	})
}

// WithToken sets the bearer token for the signaling server.
func WithToken(token string) Option {
	return text(token, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_token_n(o, p, n)
	})
}

// WithSecret sets a secret that the program shares with its readers and not with the signaling server.
// The two prove to each other that no server stands between them. A consumer that does not prove it gets
// no entry. The secret must be random: 32 to 256 hexadecimal digits, as "openssl rand -hex 16" prints
// them, or 22 to 256 characters of base64url.
func WithSecret(secret string) Option {
	return text(secret, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_secret_n(o, p, n)
	})
}

// WithCAFile sets a file of certificates (PEM) that are trusted for wss:// in addition to those of
// the system.
func WithCAFile(path string) Option {
	return text(path, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_ca_file_n(o, p, n)
	})
}

// WithFilter sets the filter by level and target, such as "info,app.db=debug".
func WithFilter(filter string) Option {
	return text(filter, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_filter_n(o, p, n)
	})
}

// WithMaxEntries sets the maximum number of entries in the journal. Default: 65536.
func WithMaxEntries(entries int) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_max_entries(s.options, C.size_t(entries))
	}
}

// WithMaxBytes sets the maximum size of the journal in bytes. Default: 16 MiB.
func WithMaxBytes(bytes int) Option {
	return func(s *settings) C.logrtc_status { return C.logrtc_options_set_max_bytes(s.options, C.size_t(bytes)) }
}

// WithMaxEntryBytes sets the maximum size of an encoded entry, 2048 to 65536 bytes. Default: 65536.
func WithMaxEntryBytes(bytes int) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_max_entry_bytes(s.options, C.size_t(bytes))
	}
}

// An Overflow is the policy for a journal that is full.
type Overflow int

const (
	// OverflowDropOldest drops the oldest entry. A log call never waits.
	OverflowDropOldest Overflow = C.LOGRTC_OVERFLOW_DROP_OLDEST
	// OverflowDropNewest refuses a new entry as long as a connected consumer has not read the oldest
	// entry, or no consumer is connected.
	OverflowDropNewest Overflow = C.LOGRTC_OVERFLOW_DROP_NEWEST
	// OverflowBlock makes a log call wait as long as a connected consumer has not read the oldest entry,
	// at most for the given time; then the entry is refused.
	OverflowBlock Overflow = C.LOGRTC_OVERFLOW_BLOCK
)

// WithOverflow sets the policy for a journal that is full. Default: OverflowDropOldest. Only
// OverflowBlock reads blockTimeout, the maximum time that a log call waits.
func WithOverflow(overflow Overflow, blockTimeout time.Duration) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_overflow(s.options, C.int(overflow), C.uint64_t(max(blockTimeout, 0).Milliseconds()))
	}
}

const (
	// ReplayAll gives a new consumer all entries in the journal.
	ReplayAll int64 = C.LOGRTC_REPLAY_ALL
	// ReplayNone gives a new consumer only entries that are logged after it connected.
	ReplayNone int64 = C.LOGRTC_REPLAY_NONE
)

// WithReplay sets which earlier entries a new consumer receives: ReplayAll (the default), ReplayNone,
// or that many of the newest entries.
func WithReplay(replay int64) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_replay(s.options, C.int64_t(replay))
	}
}

// WithMaxConsumers sets the maximum number of consumers at one time. Default: 64.
func WithMaxConsumers(consumers int) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_max_consumers(s.options, C.size_t(consumers))
	}
}

// WithFork sets what a child process does after fork(). true, the default: from its first log call on,
// it logs as a producer of its own, client_id#pid. false: it does not log. A Go program forks only
// through C code.
func WithFork(restart bool) Option {
	return func(s *settings) C.logrtc_status { return C.logrtc_options_set_fork(s.options, flag(restart)) }
}

// WithReconnectInterval sets the time between attempts to reach the signaling server. Default: 5 s.
func WithReconnectInterval(interval time.Duration) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_reconnect_interval_ms(s.options, C.uint64_t(max(interval, 0).Milliseconds()))
	}
}

// WithICEServer adds a STUN server ("stun:host:port", without username and credential) or a TURN
// server ("turn:host:port"), which is used in addition to those of the signaling server. Default: those
// of the signaling server, or "stun:stun.l.google.com:19302" if it names none.
func WithICEServer(url, username, credential string) Option {
	return func(s *settings) C.logrtc_status {
		texts := [3]*C.char{C.CString(url), C.CString(username), C.CString(credential)}
		defer func() {
			for _, text := range texts {
				free(text)
			}
		}()
		return C.logrtc_options_add_ice_server(s.options, texts[0], texts[1], texts[2])
	}
}

// WithoutICEServers removes all STUN and TURN servers, including the default and those of the signaling
// server. Use it if programs and consumers are in one network.
func WithoutICEServers() Option {
	return func(s *settings) C.logrtc_status { return C.logrtc_options_clear_ice_servers(s.options) }
}

// WithInterfaces sets the network interfaces over which consumers connect, by name ("eth0") or by
// address ("192.0.2.1"). By default, every interface except loopback is used; loopback is used if
// the signaling server is on this host or there is no other interface.
func WithInterfaces(interfaces ...string) Option {
	return func(s *settings) C.logrtc_status {
		for _, name := range interfaces {
			if status := C.logrtc_options_add_interface_n(s.options, pointer(name), C.size_t(len(name))); status != C.LOGRTC_OK {
				return status
			}
		}
		return C.LOGRTC_OK
	}
}

// WithUDPPorts sets the UDP ports over which consumers connect, first to last, for example because a
// firewall or a container opens only these. Default: any free port. Each consumer takes one port of each
// local address, so the number of ports is the number of consumers that can connect at one time.
func WithUDPPorts(first, last uint16) Option {
	return func(s *settings) C.logrtc_status {
		return C.logrtc_options_set_udp_ports(s.options, C.int(first), C.int(last))
	}
}

// WithAnnouncedAddress sets the IP address by which consumers reach this host, for example behind a
// port forwarding or in a container whose ports are published. Default: none. The forwarding must keep
// the port: use it with WithUDPPorts.
func WithAnnouncedAddress(address string) Option {
	return text(address, func(o *C.logrtc_options, p *C.char, n C.size_t) C.logrtc_status {
		return C.logrtc_options_set_announced_address_n(o, p, n)
	})
}

// WithRelayOnly makes consumers connect through a TURN server alone, so that they do not learn the
// addresses of this host.
func WithRelayOnly(relayOnly bool) Option {
	return func(s *settings) C.logrtc_status { return C.logrtc_options_set_relay_only(s.options, flag(relayOnly)) }
}

// flag is a boolean of C.
func flag(value bool) C.int {
	if value {
		return 1
	}
	return 0
}

// WithDisabled disables the producer: no thread, no socket, no entry.
func WithDisabled(disabled bool) Option {
	return func(s *settings) C.logrtc_status { return C.logrtc_options_set_disabled(s.options, flag(disabled)) }
}

// WithEvents sets the function that receives each event, beginning with the state at Connect. It
// runs on a thread of logrtc, one call at a time. If 256 events are queued, further events are
// dropped; the latest state is still delivered.
func WithEvents(receive func(Event)) Option {
	return func(s *settings) C.logrtc_status {
		s.event = receive
		return C.LOGRTC_OK
	}
}

// WithDiagnostics sets the function that receives the diagnostics of the producer, as text for
// people: a warning at the first failed attempt to reach the signaling server and when the
// connection is restored, the rest at slog.LevelDebug. It runs on a thread of logrtc, one call at a
// time. By default, warnings are written to standard error. If LOGRTC_DIAGNOSTICS is 1 in the
// environment, every diagnostic is also written to standard error.
func WithDiagnostics(receive func(level slog.Level, message string)) Option {
	return func(s *settings) C.logrtc_status {
		s.diagnostics = receive
		return C.LOGRTC_OK
	}
}
