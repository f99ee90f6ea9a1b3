//! Who may do what: keys, origins, rates.
//!
//! A key is looked up by its digest; the key itself is nowhere. A *publishable* key is one that everybody can read, because it stands in a page:
//! it is good only for requests from that page's origin, and should have small limits. Without a key a caller is its address.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use coderunner_api::{ApiError, codes};
use coderunner_executor::{Caller as Party, Limits};
use dashmap::DashMap;
use sha2::{Digest as _, Sha256};

/// Addresses that are remembered. When there are more, those that have nothing running and were not seen lately are forgotten.
const ADDRESSES_MAX: usize = 50_000;
/// An address that was not seen for this long has its full allowance again anyway.
const ADDRESS_AGE_MAX: Duration = Duration::from_mins(5);

/// Who may use a server. Can be exchanged while it runs.
#[derive(Clone, Debug)]
pub struct Access {
    /// What callers without a key may do; nothing when there has to be one.
    pub anonymous: Option<Allowance>,
    /// The keys.
    pub keys: Vec<Key>,
    /// The pages, by their origin (`https://blog.example`), that may send requests without a key.
    pub origins: Origins,
    /// What each address may do in all, whatever keys it uses.
    pub address_rate: Option<Rate>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Origins of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Pages of this machine: what is right for a server that listens on the loopback address only.
    Loopback,
    /// All pages.
    Any,
    /// The server's own pages, and those of these origins.
    Listed(Vec<String>),
}

/// An API key.
#[derive(Clone, Debug)]
pub struct Key {
    /// What it is called in logs.
    pub name: String,
    /// SHA-256 of the key.
    pub digest: [u8; 32],
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The pages that may use it; none for a key that is secret.
    pub origins: Vec<String>,
    /// How much.
    pub allowance: Allowance,
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Running programs.
    Run,
    /// Reading `/metrics`.
    Metrics,
}

/// How much a caller may do.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// The most that an execution may use; the server's ceiling holds besides.
    pub ceiling: Option<Limits>,
    /// Executions that may run and wait at one time.
    pub jobs_max: usize,
    /// Requests.
    pub rate: Option<Rate>,
}

/// Requests over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many in a minute.
    pub per_minute: u32,
    /// How many at once after a time without any.
    pub burst: u32,
}

impl Scope {
    /// Its name in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Metrics => "metrics",
        }
    }
}

impl Access {
    /// Everybody may, from this machine: for a server on the loopback address.
    #[must_use]
    pub fn loopback() -> Self {
        let anonymous = Allowance { ceiling: None, jobs_max: usize::MAX, rate: None };
        Self {
            anonymous: Some(anonymous),
            keys: Vec::new(),
            origins: Origins::Loopback,
            address_rate: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// Digest of a key, as the configuration has it.
#[must_use]
pub fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// What is looked up for every request.
pub(crate) struct Gatekeeper {
    rules: ArcSwap<Rules>,
    addresses: DashMap<IpAddr, Arc<Known>, foldhash::fast::RandomState>,
    started: Instant,
}

impl fmt::Debug for Gatekeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gatekeeper").finish_non_exhaustive()
    }
}

struct Rules {
    access: Access,
    keys: HashMap<[u8; 32], Arc<Holder>>,
}

/// A key with what its holder has done.
struct Holder {
    key: Key,
    known: Known,
}

/// What is remembered of a caller.
struct Known {
    party: Party,
    bucket: Bucket,
    /// Counts against [`Access::address_rate`].
    total: Bucket,
    seen_ns: AtomicU64,
}

impl Known {
    fn new(jobs_max: usize) -> Self {
        Self {
            party: Party::new(jobs_max),
            bucket: Bucket::default(),
            total: Bucket::default(),
            seen_ns: AtomicU64::new(0),
        }
    }
}

/// When the next request is due if all came evenly: the generic cell rate algorithm, in one number.
#[derive(Default)]
struct Bucket(AtomicU64);

impl Bucket {
    /// Counts a request, or says how long to wait.
    fn take(&self, rate: Rate, now_ns: u64) -> Result<(), Duration> {
        const MINUTE_NS: u64 = 60_000_000_000;
        let apart = MINUTE_NS / u64::from(rate.per_minute.max(1));
        let ahead_max = apart.saturating_mul(u64::from(rate.burst.max(1)));
        let counted = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |due| {
            let due = due.max(now_ns) + apart;
            (due - now_ns <= ahead_max).then_some(due)
        });
        match counted {
            Ok(_) => Ok(()),
            Err(due) => Err(Duration::from_nanos((due + apart).saturating_sub(now_ns + ahead_max))),
        }
    }
}

/// What a request says about who sent it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Credentials<'a> {
    pub(crate) address: Option<IpAddr>,
    pub(crate) forwarded_for: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) origin: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
}

/// Who it is, and what it may do.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    /// A key's name, or an address.
    pub(crate) name: Arc<str>,
    /// The digest of the key; nothing for callers without one.
    pub(crate) tenant: Option<[u8; 32]>,
    pub(crate) party: Party,
    pub(crate) ceiling: Option<Limits>,
    pub(crate) run: bool,
    pub(crate) metrics: bool,
}

impl Gatekeeper {
    pub(crate) fn new(access: Access) -> Self {
        Self {
            rules: ArcSwap::from_pointee(Rules::new(access, None)),
            addresses: DashMap::default(),
            started: Instant::now(),
        }
    }

    /// Exchanges the rules. Callers that stay keep what was counted of them.
    pub(crate) fn change(&self, access: Access) {
        let rules = Rules::new(access, Some(&self.rules.load()));
        self.rules.store(Arc::new(rules));
        self.addresses.retain(|_, known| known.party.jobs() > 0);
    }

    /// Whether a page of this origin may send requests at all, with a key or without: what browsers ask before they send one.
    pub(crate) fn is_known_origin(&self, origin: &str, host: Option<&str>) -> bool {
        let rules = self.rules.load();
        let of_key = |key: &Key| key.origins.iter().any(|own| own == origin || own == "*");
        rules.access.origins.contains(origin, host) || rules.access.keys.iter().any(of_key)
    }

    /// Lets a request in or says why not.
    pub(crate) fn admit(&self, credentials: Credentials<'_>) -> Result<Admitted, ApiError> {
        let rules = self.rules.load();
        let now_ns = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let address = credentials.client(&rules.access.trusted_proxies);
        match credentials.key {
            Some(key) => self.admit_key(&rules, key, &credentials, address, now_ns),
            None => self.admit_anonymous(&rules.access, &credentials, address, now_ns),
        }
    }

    fn admit_key(
        &self,
        rules: &Rules,
        key: &str,
        credentials: &Credentials<'_>,
        address: IpAddr,
        now_ns: u64,
    ) -> Result<Admitted, ApiError> {
        let Some(holder) = rules.keys.get(&digest(key)) else {
            // Guessing is as limited as anything else.
            if let Some(rate) = rules.access.address_rate {
                take(&self.address(address, usize::MAX, now_ns).total, rate, now_ns)?;
            }
            return Err(ApiError::new(&codes::WRONG_KEY, codes::WRONG_KEY.meaning));
        };
        let key = &holder.key;
        if !key.origins.is_empty() {
            let origin = credentials.origin.unwrap_or_default();
            if !key.origins.iter().any(|own| own == "*" || own == origin) {
                return Err(wrong_origin(origin));
            }
        }
        if let Some(rate) = rules.access.address_rate {
            take(&self.address(address, usize::MAX, now_ns).total, rate, now_ns)?;
        }
        if let Some(rate) = key.allowance.rate {
            take(&holder.known.bucket, rate, now_ns)?;
        }
        Ok(Admitted {
            name: Arc::from(key.name.as_str()),
            tenant: Some(key.digest),
            party: holder.known.party.clone(),
            ceiling: key.allowance.ceiling,
            run: key.scopes.contains(&Scope::Run),
            metrics: key.scopes.contains(&Scope::Metrics),
        })
    }

    fn admit_anonymous(
        &self,
        access: &Access,
        credentials: &Credentials<'_>,
        address: IpAddr,
        now_ns: u64,
    ) -> Result<Admitted, ApiError> {
        let Some(allowance) = access.anonymous else {
            return Err(ApiError::new(&codes::NO_KEY, codes::NO_KEY.meaning));
        };
        if let Some(origin) = credentials.origin
            && !access.origins.contains(origin, credentials.host)
        {
            return Err(wrong_origin(origin));
        }
        let known = self.address(address, allowance.jobs_max, now_ns);
        if let Some(rate) = access.address_rate {
            take(&known.total, rate, now_ns)?;
        }
        if let Some(rate) = allowance.rate {
            take(&known.bucket, rate, now_ns)?;
        }
        Ok(Admitted {
            name: Arc::from(address.to_string()),
            tenant: None,
            party: known.party.clone(),
            ceiling: allowance.ceiling,
            run: true,
            metrics: access.origins == Origins::Loopback,
        })
    }

    fn address(&self, address: IpAddr, jobs_max: usize, now_ns: u64) -> Arc<Known> {
        if let Some(known) = self.addresses.get(&address) {
            known.seen_ns.store(now_ns, Ordering::Relaxed);
            return Arc::clone(&known);
        }
        if self.addresses.len() >= ADDRESSES_MAX {
            self.forget(now_ns);
        }
        let known = Arc::clone(
            &self.addresses.entry(address).or_insert_with(|| Arc::new(Known::new(jobs_max))),
        );
        known.seen_ns.store(now_ns, Ordering::Relaxed);
        known
    }

    /// Makes room: first those that were not seen lately, then, when all were, those that have nothing running.
    fn forget(&self, now_ns: u64) {
        let age_max = u64::try_from(ADDRESS_AGE_MAX.as_nanos()).unwrap_or(u64::MAX);
        self.addresses.retain(|_, known| {
            known.party.jobs() > 0
                || now_ns.saturating_sub(known.seen_ns.load(Ordering::Relaxed)) < age_max
        });
        if self.addresses.len() >= ADDRESSES_MAX {
            self.addresses.retain(|_, known| known.party.jobs() > 0);
        }
    }
}

impl Rules {
    fn new(access: Access, before: Option<&Self>) -> Self {
        let holder = |key: &Key| {
            let known = match before.and_then(|before| before.keys.get(&key.digest)) {
                Some(same) if same.key.allowance.jobs_max == key.allowance.jobs_max => {
                    Known { party: same.known.party.clone(), ..Known::new(key.allowance.jobs_max) }
                }
                _ => Known::new(key.allowance.jobs_max),
            };
            (key.digest, Arc::new(Holder { key: key.clone(), known }))
        };
        let keys = access.keys.iter().map(holder).collect();
        Self { access, keys }
    }
}

fn take(bucket: &Bucket, rate: Rate, now_ns: u64) -> Result<(), ApiError> {
    bucket.take(rate, now_ns).map_err(|wait| {
        let message = format!("more than {} requests in a minute", rate.per_minute);
        ApiError::new(&codes::RATE_LIMITED, message).retry_after(wait)
    })
}

fn wrong_origin(origin: &str) -> ApiError {
    let message = match origin {
        "" => "this key is for pages; the request does not say which page it comes from".to_owned(),
        origin => format!("pages of {origin} may not send this"),
    };
    ApiError::new(&codes::WRONG_ORIGIN, message)
}

impl Origins {
    fn contains(&self, origin: &str, host: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::Loopback => is_loopback(origin),
            Self::Listed(listed) => {
                listed.iter().any(|own| own == origin)
                    || origin
                        .split_once("://")
                        .is_some_and(|(_, authority)| Some(authority) == host)
            }
        }
    }
}

/// Whether an origin is a page of this machine. A name that merely leads here is not: anybody can have one.
fn is_loopback(origin: &str) -> bool {
    let Some((_, authority)) = origin.split_once("://") else { return false };
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Credentials<'_> {
    /// Where the request comes from: its peer, or whom a proxy that is believed names.
    fn client(&self, trusted: &[IpAddr]) -> IpAddr {
        let peer = self.address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical();
        let is_trusted = |address: &IpAddr| trusted.contains(address);
        let address = match self.forwarded_for {
            Some(hops) if is_trusted(&peer) => hops
                .rsplit(',')
                .map_while(|hop| hop.trim().parse::<IpAddr>().ok())
                .find(|hop| !is_trusted(hop))
                .unwrap_or(peer),
            _ => peer,
        };
        match address {
            // Whoever has one address of version 6 has its whole network.
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://blog.example";

    fn gatekeeper() -> Gatekeeper {
        let allowance = |per_minute, burst| Allowance {
            ceiling: None,
            jobs_max: 4,
            rate: Some(Rate { per_minute, burst }),
        };
        let key = |name: &str, origins: &[&str], scopes: &[Scope]| Key {
            name: name.to_owned(),
            digest: digest(name),
            scopes: scopes.to_vec(),
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            allowance: allowance(60, 2),
        };
        Gatekeeper::new(Access {
            anonymous: None,
            keys: vec![
                key("secret", &[], &[Scope::Run]),
                key("page", &[PAGE], &[Scope::Run]),
                key("watcher", &[], &[Scope::Metrics]),
            ],
            origins: Origins::Listed(Vec::new()),
            address_rate: None,
            trusted_proxies: vec!["10.0.0.1".parse().expect("an address")],
        })
    }

    fn kind(result: Result<Admitted, ApiError>) -> String {
        result.map_or_else(|error| error.code.kind.to_owned(), |admitted| admitted.name.to_string())
    }

    #[test]
    fn keys_open_and_pages_are_held_to_their_origin() {
        let gate = gatekeeper();
        let admit =
            |key, origin| kind(gate.admit(Credentials { key, origin, ..Credentials::default() }));
        assert_eq!(admit(None, None), "unauthenticated");
        assert_eq!(admit(Some("guess"), None), "wrong_key");
        assert_eq!(admit(Some("secret"), None), "secret");
        assert_eq!(admit(Some("page"), None), "wrong_origin");
        assert_eq!(admit(Some("page"), Some("https://evil.example")), "wrong_origin");
        assert_eq!(admit(Some("page"), Some(PAGE)), "page");
        assert!(
            gate.is_known_origin(PAGE, None) && !gate.is_known_origin("https://evil.example", None)
        );
        let watcher = gate.admit(Credentials { key: Some("watcher"), ..Credentials::default() });
        assert!(watcher.is_ok_and(|watcher| watcher.metrics && !watcher.run));
    }

    #[test]
    fn rates_hold_for_each_key() {
        let gate = gatekeeper();
        let admit = |key| gate.admit(Credentials { key: Some(key), ..Credentials::default() });
        assert!(admit("secret").is_ok() && admit("secret").is_ok());
        let error = admit("secret").expect_err("two at once, then one in a second");
        assert_eq!(error.code.kind, "rate_limited");
        assert!(error.retry_after.is_some_and(|wait| wait <= Duration::from_secs(1)));
        assert!(admit("watcher").is_ok());
    }

    #[test]
    fn a_bucket_fills_again() {
        let bucket = Bucket::default();
        let rate = Rate { per_minute: 60, burst: 3 };
        let second = 1_000_000_000;
        for _ in 0..3 {
            assert_eq!(bucket.take(rate, 0), Ok(()));
        }
        assert_eq!(bucket.take(rate, 0), Err(Duration::from_secs(1)));
        assert_eq!(bucket.take(rate, second), Ok(()));
        assert_eq!(bucket.take(rate, second), Err(Duration::from_secs(1)));
        for _ in 0..3 {
            assert_eq!(bucket.take(rate, 100 * second), Ok(()));
        }
        assert!(bucket.take(rate, 100 * second).is_err());
    }

    #[test]
    fn only_pages_of_this_machine_reach_a_server_on_loopback() {
        for origin in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080"] {
            assert!(Origins::Loopback.contains(origin, None), "{origin}");
        }
        // The last is what a name that leads here looks like.
        for origin in [
            "https://blog.example",
            "null",
            "http://localhost.evil.example",
            "http://evil.example:8080",
        ] {
            assert!(!Origins::Loopback.contains(origin, Some("evil.example:8080")), "{origin}");
        }
        let listed = Origins::Listed(vec![PAGE.to_owned()]);
        assert!(
            listed.contains(PAGE, None)
                && listed.contains("https://run.example", Some("run.example"))
        );
        assert!(!listed.contains("https://evil.example", Some("run.example")));
        // A page without an origin is not one of a server without a name.
        assert!(!listed.contains("null", None));
    }

    #[test]
    fn proxies_are_believed_only_when_they_are_trusted() {
        let client = |peer: &str, forwarded_for| {
            let address = Some(peer.parse().expect("an address"));
            let trusted = ["10.0.0.1".parse().expect("an address")];
            Credentials { address, forwarded_for, ..Credentials::default() }
                .client(&trusted)
                .to_string()
        };
        assert_eq!(client("1.2.3.4", Some("9.9.9.9")), "1.2.3.4");
        assert_eq!(client("10.0.0.1", Some("6.6.6.6, 9.9.9.9, 10.0.0.1")), "9.9.9.9");
        assert_eq!(client("10.0.0.1", Some("nonsense")), "10.0.0.1");
        assert_eq!(client("2001:db8:1:2:3:4:5:6", None), "2001:db8:1:2::");
    }

    #[test]
    fn rules_can_be_exchanged() {
        let gate = gatekeeper();
        gate.change(Access::loopback());
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        assert_eq!(
            kind(gate.admit(Credentials { address, ..Credentials::default() })),
            "127.0.0.1"
        );
        let key = Some("secret");
        assert_eq!(kind(gate.admit(Credentials { key, ..Credentials::default() })), "wrong_key");
    }
}
