//! Whether a server is on this machine.

/// Whether the host of a URL is this machine, as far as its name tells.
pub(crate) fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_an_address_of_this_machine_is_local() {
        for (url, expected) in [
            ("ws://localhost:8080/", true),
            ("ws://app.localhost/", true),
            ("ws://127.1.2.3/", true),
            ("ws://[::1]:1/", true),
            ("ws://192.0.2.1/", false),
            ("wss://logs.example/", false),
        ] {
            assert_eq!(is_local(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
