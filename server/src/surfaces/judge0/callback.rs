//! Callbacks: the result of a submission, sent to an address that its sender has named.
//!
//! Whoever names an address must not reach through us what only we can reach. So the name is resolved here, once; every address that comes of it
//! has to be a public one; and the connection is made to that very address. Over HTTPS the certificate has to be the name's, from an authority
//! that Mozilla trusts: they are in the binary, which may have no file but itself. Nothing that is answered is followed or told.

use std::{
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::http::{Request, Uri, header, uri::Scheme};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// How often it is tried.
pub(super) const TRIES_MAX: u32 = 3;
/// The longest that one try may take.
pub(super) const TIME_MAX: Duration = Duration::from_secs(5);
/// The longest address, in bytes.
pub(super) const URL_BYTES_MAX: usize = 2048;

/// Why a callback was not delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum CallbackError {
    /// The address is none that is called.
    #[error("{0}")]
    Address(&'static str),
    /// A name leads to where it must not.
    #[error("{host:?} is at {address}, which is no public address")]
    NotPublic {
        /// The name.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// It could not be resolved, reached or talked to.
    #[error("it cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It took too long.
    #[error("it took longer than {} s", TIME_MAX.as_secs())]
    TimedOut,
}

/// Finds out where a name leads.
pub(super) trait Resolve: Send + Sync {
    fn resolve(
        &self,
        host: &str,
        port: u16,
    ) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;
}

/// The system's own way.
#[derive(Clone, Copy, Debug)]
pub(super) struct System;

impl Resolve for System {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// An address that may be called, as far as can be told without resolving it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    host: String,
    port: u16,
    authority: String,
    path: String,
    /// For HTTPS: who has to answer.
    tls: Option<ServerName<'static>>,
}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, CallbackError> {
        let refused = |why| Err(CallbackError::Address(why));
        if url.len() > URL_BYTES_MAX {
            return refused("is too long");
        }
        let Ok(uri) = url.parse::<Uri>() else { return refused("is not a URL") };
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return refused("is not a URL");
        };
        let is_https = *scheme == Scheme::HTTPS;
        if !is_https && *scheme != Scheme::HTTP {
            return refused("has to be an http or https URL");
        }
        if authority.as_str().contains('@') {
            return refused("must not contain a user name");
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if host.parse().is_ok_and(|address| !is_public(address)) || is_local_name(&host) {
            return refused("has to be a public address");
        }
        let tls = if is_https {
            let Ok(name) = ServerName::try_from(host.clone()) else {
                return refused("has a name that no certificate can have");
            };
            Some(name)
        } else {
            None
        };
        Ok(Self {
            port: authority.port_u16().unwrap_or(if is_https { 443 } else { 80 }),
            authority: authority.to_string(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host,
            tls,
        })
    }
}

fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// How callbacks are made: names found, addresses judged, servers known.
#[derive(Clone)]
pub(super) struct Client<R> {
    resolver: R,
    may: fn(IpAddr) -> bool,
    tls: TlsConnector,
}

impl Client<System> {
    /// The one for everybody: public addresses only, and the authorities that Mozilla trusts.
    pub(super) fn public() -> &'static Self {
        static PUBLIC: LazyLock<Client<System>> = LazyLock::new(|| {
            let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
            Client { resolver: System, may: is_public, tls: tls(roots) }
        });
        &PUBLIC
    }
}

/// TLS 1.2 and 1.3 with servers that `roots` vouch for.
fn tls(roots: RootCertStore) -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers for both versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Sends `body` there.
pub(super) async fn deliver(
    to: &Address,
    body: Bytes,
    client: &Client<impl Resolve>,
) -> Result<(), CallbackError> {
    let mut result = Err(CallbackError::TimedOut);
    for _ in 0..TRIES_MAX {
        let attempt = attempt(to, body.clone(), client);
        result =
            tokio::time::timeout(TIME_MAX, attempt).await.unwrap_or(Err(CallbackError::TimedOut));
        // Where a name must not lead, it is not tried again.
        if matches!(result, Ok(()) | Err(CallbackError::NotPublic { .. })) {
            return result;
        }
    }
    result
}

fn unreachable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CallbackError {
    CallbackError::Unreachable(error.into())
}

async fn attempt(
    to: &Address,
    body: Bytes,
    client: &Client<impl Resolve>,
) -> Result<(), CallbackError> {
    let found = match to.host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, to.port)],
        Err(_) => client.resolver.resolve(&to.host, to.port).await.map_err(unreachable)?,
    };
    if let Some(other) = found.iter().find(|address| !(client.may)(address.ip())) {
        return Err(CallbackError::NotPublic { host: to.host.clone(), address: other.ip() });
    }
    // To these addresses, whatever the name would lead to by now.
    let stream = TcpStream::connect(&found[..]).await.map_err(unreachable)?;
    match &to.tls {
        None => put(to, body, stream).await,
        Some(name) => {
            let stream = client.tls.connect(name.clone(), stream).await.map_err(unreachable)?;
            put(to, body, stream).await
        }
    }
}

async fn put(
    to: &Address,
    body: Bytes,
    stream: impl AsyncRead + AsyncWrite + Unpin,
) -> Result<(), CallbackError> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    let request = Request::put(&to.path)
        .header(header::HOST, &to.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "coderunner")
        .body(Full::new(body))
        .map_err(unreachable)?;
    let mut answered = std::pin::pin!(sender.send_request(request));
    let answered = tokio::select! {
        biased;
        answered = &mut answered => answered,
        // It may have ended with the answer; if not, there will be none.
        _ = connection => answered.await,
    };
    answered.map(drop).map_err(unreachable)
}

/// Whether anybody on the internet could reach this address just as well.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        // The metadata services of clouds are here.
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Shared by carriers, for protocols, for benchmarks, the old relays of 6to4.
        || (a == 100 && b & 0xC0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && b & 0xFE == 18)
        || (a == 192 && b == 88 && c == 99))
}

#[expect(clippy::many_single_char_names, reason = "the groups of an address have no other names")]
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xFFFF] | [0x64, 0xFF9B, 0, 0, 0, 0] => embedded(g, h),
        [0x2002, ..] => embedded(b, c),
        // Tunnels of Teredo and other special purposes; documentation.
        [0x2001, 0..0x200 | 0xDB8, ..] | [0x3FFF, ..] => false,
        // All that is given out to the world so far.
        _ => a & 0xE000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };
    use tokio_rustls::{
        TlsAcceptor,
        rustls::{
            ServerConfig,
            pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        },
    };

    use super::*;

    /// Leads every name to the same addresses.
    struct Leads(Vec<SocketAddr>);

    impl Resolve for Leads {
        async fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
            Ok(self.0.clone())
        }
    }

    /// Calls whatever `leads` to, and trusts the authority of the tests (`tls/make.sh`).
    fn anywhere(leads: Vec<SocketAddr>) -> Client<Leads> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(include_bytes!("tls/authority.pem"));
        roots.add(authority.expect("it is a certificate")).expect("it is an authority");
        Client { resolver: Leads(leads), may: |_| true, tls: tls(roots) }
    }

    /// A server with the certificate of `callback.test`.
    fn server() -> TlsAcceptor {
        let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem"))
            .expect("it is a certificate");
        let key =
            PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).expect("it is a key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers for both versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("they belong together");
        TlsAcceptor::from(Arc::new(config))
    }

    /// Takes one request with the body `{"a":1}`, and sends its client on to where it must not go.
    async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
        let mut got = Vec::new();
        while !got.ends_with(b"{\"a\":1}") {
            assert_ne!(stream.read_buf(&mut got).await.expect("it can be read"), 0);
        }
        let answer =
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.expect("it can be answered");
        stream.flush().await.expect("it can be answered");
        String::from_utf8(got).expect("it is text")
    }

    #[test]
    fn only_public_addresses_are_public() {
        let public = |address: &str| is_public(address.parse().expect(address));
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.0.192",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "2001::1",
            "2001:db8::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!public(address), "{address}");
        }
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn addresses_that_are_private_on_their_face_are_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://localhost:8080/x",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://169.254.169.254/latest",
            "http://[::ffff:10.0.0.1]/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://-.test/",
            "ftp://public.test/",
            "http://user@public.test/",
            "/x",
            "public.test",
            "http://",
            "",
        ] {
            assert!(Address::parse(url).is_err(), "{url}");
        }
        let address = Address::parse("http://public.test:81/a?b=c").expect("it is fine");
        assert_eq!((address.port, address.path.as_str()), (81, "/a?b=c"));
        let address = Address::parse("https://public.test").expect("it is fine");
        assert_eq!((address.port, address.path.as_str(), address.tls.is_some()), (443, "/", true));
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let inside = listener.local_addr().expect("it has an address");
        let outside = SocketAddr::from(([1, 1, 1, 1], 80));
        for url in ["http://callback.test/", "https://callback.test/"] {
            let to = Address::parse(url).expect("it is fine");
            for leads in [
                vec![inside],
                vec![outside, inside],
                vec![SocketAddr::from(([169, 254, 169, 254], 80))],
            ] {
                let client = Client { may: is_public, ..anywhere(leads) };
                let result = deliver(&to, Bytes::new(), &client).await;
                assert!(matches!(result, Err(CallbackError::NotPublic { .. })), "{result:?}");
            }
        }
        assert!(listener.accept().now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_is_sent_arrives() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let client = anywhere(vec![listener.local_addr().expect("it has an address")]);
        for scheme in ["http", "https"] {
            let to = Address::parse(&format!("{scheme}://callback.test/done?id=1"));
            let to = to.expect("it is fine");
            let answering = async {
                let (stream, _) = listener.accept().await.expect("it is called");
                if scheme == "http" {
                    return answer(stream).await;
                }
                answer(server().accept(stream).await.expect("it trusts us")).await
            };
            let delivering = deliver(&to, Bytes::from_static(b"{\"a\":1}"), &client);
            let (got, delivered) = tokio::join!(answering, delivering);
            delivered.expect("it arrived");
            assert!(got.starts_with("PUT /done?id=1 HTTP/1.1\r\n"), "{got}");
            assert!(got.contains("host: callback.test\r\n"), "{got}");
        }
    }

    #[tokio::test]
    async fn who_is_somebody_else_is_told_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let there = listener.local_addr().expect("it has an address");
        let untrusted = Client { tls: Client::public().tls.clone(), ..anywhere(vec![there]) };
        for (url, client, why) in [
            ("https://other.test/", anywhere(vec![there]), "NotValidForName"),
            ("https://callback.test/", untrusted, "UnknownIssuer"),
        ] {
            let to = Address::parse(url).expect("it is fine");
            let answering = async {
                loop {
                    let (stream, _) = listener.accept().await.expect("it is called");
                    assert!(server().accept(stream).await.is_err(), "{url}: it took us for that");
                }
            };
            let delivering = deliver(&to, Bytes::from_static(b"{\"a\":1}"), &client);
            let result = tokio::select! {
                () = answering => unreachable!("it goes on for ever"),
                result = delivering => result,
            };
            assert!(format!("{result:?}").contains(why), "{url}: {result:?}");
        }
    }
}
