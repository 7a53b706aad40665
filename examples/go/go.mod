module logrtc

go 1.21
