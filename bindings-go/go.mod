module github.com/logrtc/logrtc/bindings-go

go 1.21
