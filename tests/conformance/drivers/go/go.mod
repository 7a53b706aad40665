module conformance

go 1.21

require github.com/logrtc/logrtc/bindings-go v0.0.0

replace github.com/logrtc/logrtc/bindings-go => ../../../../bindings-go
