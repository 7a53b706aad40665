//! How many connections there may be, in all and of one address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::client_address::Network;

/// Counts places. No I/O.
#[derive(Debug)]
struct Counts {
    taken: usize,
    by_network: HashMap<Network, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    InAll,
    OfAddress,
}

/// A bounded number of places. Programs on this machine are not counted one by one: there are many behind one address.
#[derive(Debug)]
pub(crate) struct Places {
    counts: Mutex<Counts>,
    max: usize,
    max_of_address: usize,
}

impl Places {
    pub(crate) fn new(max: usize, max_of_address: usize) -> Arc<Self> {
        let counts = Mutex::new(Counts { taken: 0, by_network: HashMap::new() });
        Arc::new(Self { counts, max, max_of_address })
    }

    /// Takes a place until the result is dropped.
    pub(crate) fn take(self: &Arc<Self>, network: Network) -> Result<PlaceTaken, Full> {
        let mut counts = self.counts.lock().expect("nothing panics while it counts");
        if counts.taken >= self.max {
            return Err(Full::InAll);
        }
        let network = Some(network).filter(|network| !network.is_loopback());
        if let Some(network) = network {
            let of_address = counts.by_network.entry(network).or_insert(0);
            if *of_address >= self.max_of_address {
                return Err(Full::OfAddress);
            }
            *of_address += 1;
        }
        counts.taken += 1;
        Ok(PlaceTaken { places: Arc::clone(self), network })
    }
}

/// A place that is taken.
#[derive(Debug)]
pub(crate) struct PlaceTaken {
    places: Arc<Places>,
    network: Option<Network>,
}

impl Drop for PlaceTaken {
    fn drop(&mut self) {
        let mut counts = self.places.counts.lock().expect("nothing panics while it counts");
        counts.taken -= 1;
        if let Some(network) = self.network
            && let Some(of_address) = counts.by_network.get_mut(&network)
        {
            *of_address -= 1;
            if *of_address == 0 {
                counts.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_its_share_and_gets_it_back() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        let places = Places::new(5, 2);
        let (one, two) = (network("192.0.2.1"), network("192.0.2.2"));
        let first: Vec<_> = (0..2).map(|_| places.take(one).unwrap()).collect();
        assert_eq!(places.take(one).unwrap_err(), Full::OfAddress);
        let _other = places.take(two).unwrap();
        drop(first);
        let _again = [places.take(one).unwrap(), places.take(one).unwrap()];
        let local: Vec<_> = (0..2).map(|_| places.take(network("127.0.0.1")).unwrap()).collect();
        assert_eq!(places.take(two).unwrap_err(), Full::InAll);
        drop(local);
        assert_eq!(places.counts.lock().unwrap().by_network.len(), 2);
        drop(places.take(network("192.0.2.3")).unwrap());
        assert_eq!(places.counts.lock().unwrap().by_network.len(), 2, "who is gone is forgotten");
    }
}
