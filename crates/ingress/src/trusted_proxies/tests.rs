use super::*;

const PROXY: &str = "10.0.0.1";

fn proxies(header: ForwardedHeader) -> Rc<TrustedProxies> {
    let networks = ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| text.parse().expect("one"));
    let trusted_proxies = Networks::from(networks.to_vec());
    TrustedProxies::new(&Options {
        trusted_proxies,
        forwarded_header: header,
        ..Options::default()
    })
}

/// What is made of a request that the proxy passes on over plain TCP: the client, and its scheme.
#[track_caller]
fn check(header: ForwardedHeader, sent: &[(&'static str, &str)], (client, scheme): (&str, &str)) {
    let mut headers = HeaderMap::new();
    for (name, value) in sent {
        headers.append(*name, value.parse().expect("a value"));
    }
    let peer = Peer::direct((PROXY.parse::<IpAddr>().expect("one"), 1).into(), Transport::Plain);
    let found = proxies(header).client_of(peer.clone(), &headers);
    assert_eq!(
        (found.client.to_string().as_str(), found.transport.scheme()),
        (client, scheme),
        "{sent:?}"
    );
    assert_eq!(found.address, peer.address, "what the connection came from stays");
}

#[test]
fn x_forwarded_for_is_walked_from_its_end() {
    for (lines, expected) in [
        (&[][..], PROXY),
        (&["192.0.2.7"], "192.0.2.7"),
        (&["6.6.6.6, 192.0.2.7"], "192.0.2.7"),
        (&["6.6.6.6", "192.0.2.7"], "192.0.2.7"),
        (&["6.6.6.6, 192.0.2.7, 10.0.0.2,10.0.0.3"], "192.0.2.7"),
        (&["6.6.6.6,192.0.2.7", "10.0.0.2", "10.0.0.3"], "192.0.2.7"),
        (&["192.0.2.7:4711, [2001:db8:1::9]:443"], "192.0.2.7"),
        (&["2001:db8::7, 2001:db8:1::9"], "2001:db8::7"),
        (&["::ffff:192.0.2.7, ::ffff:10.0.0.2"], "192.0.2.7"),
        // All are trusted: the first is as far as anybody looked.
        (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // What cannot be read ends it.
        (&["192.0.2.7, unknown"], PROXY),
        (&["192.0.2.7, _hidden, 10.0.0.2"], "10.0.0.2"),
        (&["192.0.2.7, , 10.0.0.2"], "10.0.0.2"),
        (&["192.0.2.7,"], PROXY),
        (&["192.0.2.7", ""], PROXY),
        (&["192.0.2.7 10.0.0.2"], PROXY),
        (&["\"192.0.2.7\""], PROXY),
    ] {
        let sent = lines.iter().map(|line| ("x-forwarded-for", *line)).collect::<Vec<_>>();
        check(ForwardedHeader::XForwardedFor, &sent, (expected, "http"));
    }
}

#[test]
fn x_forwarded_proto_is_the_scheme() {
    for (lines, scheme) in [
        (&["https"][..], "https"),
        (&["HTTPS"], "https"),
        (&["wss"], "https"),
        (&["http"], "http"),
        (&["ws"], "http"),
        (&["ftp"], "http"),
        (&[""], "http"),
        // A client's own, and behind it what the proxy appended.
        (&["https, http"], "http"),
        (&["https", "http"], "http"),
        (&["http", "https"], "https"),
    ] {
        let mut sent = lines.iter().map(|line| ("x-forwarded-proto", *line)).collect::<Vec<_>>();
        check(ForwardedHeader::XForwardedFor, &sent, (PROXY, scheme));
        sent.push(("x-forwarded-for", "192.0.2.7"));
        check(ForwardedHeader::XForwardedFor, &sent, ("192.0.2.7", scheme));
    }
}

#[test]
fn a_clients_tls_ends_where_the_proxy_says() {
    let address = (PROXY.parse::<IpAddr>().expect("one"), 1).into();
    let peer = Peer::direct(address, Transport::Tls);
    let headers = |scheme: &'static str| {
        HeaderMap::from_iter([(X_FORWARDED_PROTO, HeaderValue::from_static(scheme))])
    };
    let proxies = proxies(ForwardedHeader::XForwardedFor);
    for (scheme, expected) in
        [("http", Transport::Plain), ("https", Transport::Tls), ("?", Transport::Tls)]
    {
        assert_eq!(
            proxies.client_of(peer.clone(), &headers(scheme)).transport,
            expected,
            "{scheme}"
        );
    }
}

#[test]
fn forwarded_is_walked_from_its_end() {
    for (lines, expected) in [
        (&[][..], (PROXY, "http")),
        (&["for=192.0.2.7;proto=https"], ("192.0.2.7", "https")),
        (&["for=6.6.6.6;proto=https, for=192.0.2.7;proto=http"], ("192.0.2.7", "http")),
        (&["for=6.6.6.6;proto=https", "for=192.0.2.7"], ("192.0.2.7", "http")),
        (&["for=192.0.2.7;proto=https, for=10.0.0.2;proto=http"], ("192.0.2.7", "https")),
        // The farthest proxy that says a scheme knows more of the client than the nearer one.
        (&["for=192.0.2.7, for=10.0.0.2;proto=https"], ("192.0.2.7", "https")),
        (&["for=\"[2001:db8::7]:1\"", "for=\"[2001:db8:1::9]\""], ("2001:db8::7", "http")),
        (&["for=192.0.2.7, for=unknown;proto=https"], (PROXY, "https")),
        (&["for=192.0.2.7, proto=https;by=_x, for=10.0.0.2"], ("10.0.0.2", "https")),
        (&["for=192.0.2.7, for=10.0.0.2;proto"], (PROXY, "http")),
        (&["for=192.0.2.7, "], (PROXY, "http")),
        (&["for=\"6.6.6.6, for=192.0.2.7"], ("192.0.2.7", "http")),
        (&["for=10.0.0.3, for=10.0.0.2"], ("10.0.0.3", "http")),
    ] {
        let sent = lines.iter().map(|line| ("forwarded", *line)).collect::<Vec<_>>();
        check(ForwardedHeader::Forwarded, &sent, expected);
    }
}

#[test]
fn the_other_headers_count_for_nothing() {
    let x = [("x-forwarded-for", "192.0.2.7"), ("x-forwarded-proto", "https")];
    check(ForwardedHeader::Forwarded, &x, (PROXY, "http"));
    let forwarded = [("forwarded", "for=192.0.2.7;proto=https"), ("x-real-ip", "192.0.2.8")];
    check(ForwardedHeader::XForwardedFor, &forwarded, (PROXY, "http"));
}

#[test]
fn only_those_of_the_list_are_trusted() {
    let proxies = proxies(ForwardedHeader::default());
    for (address, expected) in [("10.9.9.9", true), ("::ffff:10.9.9.9", true), ("11.0.0.1", false)]
    {
        let included = proxies.including(address.parse().expect("one"));
        assert_eq!(included.is_some(), expected, "{address}");
    }
}
