//! A peer connection on loopback.

use std::sync::Arc;
use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use tokio::sync::{Notify, mpsc};
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState, SettingEngineBuilder,
};

/// One that tells of the first channel that the other side opens, and of the end of gathering.
pub(crate) async fn build(
    opened: mpsc::Sender<Arc<dyn DataChannel>>,
    gathered: Arc<Notify>,
) -> Arc<dyn PeerConnection> {
    let zero = Some(Duration::ZERO);
    let settings = SettingEngineBuilder::new()
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_host_acceptance_min_wait(zero)
        .with_prflx_acceptance_min_wait(zero)
        .build();
    let peer = PeerConnectionBuilder::new()
        .with_setting_engine(settings)
        .with_handler(Arc::new(Handler { opened, gathered }))
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build()
        .await
        .expect("loopback can be bound");
    Arc::new(peer)
}

struct Handler {
    opened: mpsc::Sender<Arc<dyn DataChannel>>,
    gathered: Arc<Notify>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.notify_one();
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        // A second channel would be a fault of the producer; the first one is the log.
        let _ = self.opened.try_send(channel);
    }
}
