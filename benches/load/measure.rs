//! What is measured on one engine, in order: what changes the database comes last.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use easylink::base::crypto::{Hasher, Keys, Secret};
use futures_util::future::try_join_all;

use crate::Outcome;
use crate::browser::{Browser, token};
use crate::client::{self, Aim};
use crate::process::Server;
use crate::seed::{self, PASSWORD, PRODUCT, READER, Site};
use crate::stats::{Round, Rounds, Spread};

/// Connections of the load.
pub const CONNECTIONS: usize = 32;
/// Connections that sign in: enough to keep every core at hashing.
pub const CALLERS: usize = 8;
/// How often one person signs in altogether: well below the ten sessions that one may have.
const SIGN_INS_OF_ONE: usize = 6;

/// Work orders that one poster sends: within the limit of an hour, which holds for each account and network.
const POSTS_OF_ONE: usize = 25;

/// How much is measured.
#[derive(Debug)]
pub struct Plan {
    /// How many work orders the databases hold: few, the usual, many.
    pub sizes: [i64; 3],
    /// Rounds of each kind of work.
    pub rounds: usize,
    /// How long a round lasts on each server.
    pub stretch: Duration,
    /// How often the portal is started.
    pub starts: usize,
    /// Work orders posted in a round.
    pub forms: usize,
    /// Sign-ins in a round.
    pub sign_ins: usize,
    /// The one kind of work that is measured; all when there is none.
    pub only: Option<Work>,
}

impl Plan {
    fn wants(&self, work: Work) -> bool {
        self.only.is_none_or(|only| only == work)
    }

    /// How many work orders the databases hold that are needed: the usual many, unless sizes are compared.
    pub fn databases(&self) -> &[i64] {
        if self.wants(Work::LargeList) { &self.sizes } else { &self.sizes[1..2] }
    }
}

/// The kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Login,
    Search,
    Product,
    List,
    Ticket,
    Post,
    SignIn,
    LargeList,
}

impl Work {
    /// The kind of work of this name, as `--only` takes it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "login" => Self::Login,
            "search" => Self::Search,
            "product" => Self::Product,
            "list" => Self::List,
            "ticket" => Self::Ticket,
            "post" => Self::Post,
            "sign-in" => Self::SignIn,
            "large-list" => Self::LargeList,
            _ => return None,
        })
    }
}

/// What one engine showed.
pub struct Findings {
    pub engine: &'static str,
    /// Each kind of work with its rounds, or why there are none.
    pub rows: Vec<(Work, Result<Rounds, String>)>,
    /// Milliseconds from start to first page.
    pub start_up: Option<Spread>,
    /// MiB after the start.
    pub idle: f64,
    /// The bare server beside all rounds, and its memory.
    pub hello: Vec<Round>,
}

impl Findings {
    /// The rounds of one kind of work.
    pub fn rounds(&self, work: Work) -> Option<&Rounds> {
        self.rows.iter().find(|(found, _)| *found == work).and_then(|(_, rounds)| rounds.as_ref().ok())
    }

    fn add(&mut self, work: Work, rounds: Outcome<Rounds>) {
        let rounds = rounds.map_err(|fault| fault.to_string());
        match &rounds {
            Ok(rounds) => {
                let rate = rounds.spread(|round| round.rate).map_or(0.0, |spread| spread.median);
                eprintln!("{}: {work:?}: {rate:.0} requests/s", self.engine);
            }
            Err(fault) => eprintln!("{}: {work:?}: {fault}", self.engine),
        }
        self.rows.push((work, rounds));
    }
}

/// The portal and the bare server, in turns.
struct Pair<'a> {
    plan: &'a Plan,
    portal: &'a Server,
    hello: &'a Server,
}

/// Measures on the databases of one engine.
pub fn engine(engine: &'static str, plan: &Plan, hello: &Server, program: &Path, sites: &[Site]) -> Outcome<Findings> {
    let site = |tickets: i64| sites.iter().find(|site| site.tickets == tickets).ok_or("a database was not made");
    let [few, usual, many] = plan.sizes;
    let usual = site(usual)?;
    let mut started = Vec::new();
    for _ in 1..plan.starts {
        started.push(Server::portal(program, &usual.folder, &usual.database)?.start_up);
    }
    let portal = Server::portal(program, &usual.folder, &usual.database)?;
    started.push(portal.start_up);
    std::thread::sleep(Duration::from_secs(2));
    let mut findings = Findings {
        engine,
        rows: Vec::new(),
        start_up: Spread::of(started.iter().map(|took| took.as_secs_f64() * 1000.0)),
        idle: portal.memory()?,
        hello: Vec::new(),
    };
    let pair = Pair { plan, portal: &portal, hello };

    let visitor = Browser::new(portal.address);
    let product = format!("/products/{PRODUCT}");
    for (work, path) in [(Work::Login, "/login"), (Work::Search, "/products?q=server"), (Work::Product, &product)] {
        if !plan.wants(work) {
            continue;
        }
        let rounds = pair.page(&visitor.request(path), &mut findings.hello);
        findings.add(work, rounds);
    }
    let mut reader = Browser::new(portal.address);
    let signed_in = reader.sign_in(READER).map_err(|fault| fault.to_string());
    for work in [Work::List, Work::Ticket, Work::LargeList, Work::SignIn, Work::Post] {
        if !plan.wants(work) {
            continue;
        }
        let rounds = match &signed_in {
            Err(fault) => Err(fault.clone().into()),
            Ok(()) => match work {
                Work::List => pair.page(&reader.request(LIST), &mut findings.hello),
                Work::Ticket => {
                    conversation(&mut reader).and_then(|path| pair.page(&reader.request(&path), &mut findings.hello))
                }
                Work::LargeList => large_list(plan, program, site(few)?, site(many)?),
                Work::SignIn => pair.sign_in(usual),
                _ => pair.post(usual, &mut findings.hello),
            },
        };
        findings.add(work, rounds);
    }
    Ok(findings)
}

const LIST: &str = "/account/tickets";
const NEW: &str = "/account/tickets/new";

impl Pair<'_> {
    /// A round of the bare server.
    fn bare(&self) -> Outcome<Round> {
        let server = self.hello;
        let request = Browser::new(server.address).request("/");
        Round::of(server, || client::repeat(aim(server, CONNECTIONS, 200), &request, self.plan.stretch))
    }

    /// One page, again and again.
    fn page(&self, request: &[u8], hello: &mut Vec<Round>) -> Outcome<Rounds> {
        let aim = aim(self.portal, CONNECTIONS, 200);
        // Connections to the database are opened and caches filled before anything counts.
        client::repeat(aim, request, self.plan.stretch / 4)?;
        let mut rounds = Rounds::default();
        for _ in 0..self.plan.rounds {
            let bare = self.bare()?;
            rounds.beside(&bare);
            hello.push(bare);
            rounds.own.push(Round::of(self.portal, || client::repeat(aim, request, self.plan.stretch))?);
        }
        Ok(rounds)
    }

    /// New work orders, by accounts and from networks of which none comes to its limit. A form counts once, so the forms of
    /// a round are fetched before its clock starts.
    fn post(&self, site: &Site, hello: &mut Vec<Round>) -> Outcome<Rounds> {
        let many = self.plan.forms.div_ceil(POSTS_OF_ONE);
        let sessions = site.posters(many * self.plan.rounds)?;
        let mut rounds = Rounds::default();
        for (round, sessions) in sessions.chunks(many).enumerate() {
            let mut requests = Vec::new();
            for (nth, session) in sessions.iter().enumerate() {
                let from = format!("10.{}.{}.{}", round + 1, nth / 200, nth % 200 + 1);
                let poster = Browser::holding(self.portal.address, from, session.clone());
                let tokens = self.tokens(&poster, NEW, 4, POSTS_OF_ONE)?;
                let posts = tokens.iter().map(|token| poster.multipart(NEW, &new_ticket(token)));
                requests.extend(posts.enumerate());
            }
            requests.sort_by_key(|(turn, _)| *turn);
            let requests = requests.into_iter().map(|(_, request)| request).take(self.plan.forms).collect();
            let bare = self.bare()?;
            rounds.beside(&bare);
            hello.push(bare);
            let aim = aim(self.portal, CONNECTIONS, 303);
            rounds.own.push(Round::of(self.portal, || client::each(aim, requests))?);
        }
        Ok(rounds)
    }

    /// Sign-ins by password from known browsers, beside the rate at which this program hashes on every core.
    fn sign_in(&self, site: &Site) -> Outcome<Rounds> {
        let many = (self.plan.rounds * self.plan.sign_ins).div_ceil(SIGN_INS_OF_ONE).min(seed::COMERS);
        let each = self.plan.sign_ins.div_ceil(many);
        let mut comers = Vec::new();
        for nth in 0..many {
            let mut comer = Browser::calling_from(self.portal.address, format!("10.0.{}.{}", nth / 200, nth % 200 + 1));
            let address = seed::comer(nth);
            comer.sign_in(&address)?;
            comer.forget_session();
            comer.get("/login")?;
            comers.push((comer, address));
        }
        let mut rounds = Rounds::default();
        for _ in 0..self.plan.rounds {
            let mut requests = Vec::new();
            for (comer, address) in &comers {
                let tokens = self.tokens(comer, "/login", 1, each)?;
                requests.extend(tokens.iter().enumerate().map(|(turn, token)| {
                    let fields = [
                        ("token", token.as_str()),
                        ("next", "/help"),
                        ("email", address.as_str()),
                        ("password", PASSWORD),
                    ];
                    (turn, comer.form("/login", &fields))
                }));
            }
            requests.sort_by_key(|(turn, _)| *turn);
            let requests: Vec<Vec<u8>> = requests.into_iter().map(|(_, request)| request).collect();
            rounds.other.push(hashing(site, self.plan.sign_ins)?);
            let aim = aim(self.portal, CALLERS, 303);
            rounds.own.push(Round::of(self.portal, || client::each(aim, requests))?);
        }
        Ok(rounds)
    }

    fn tokens(&self, browser: &Browser, path: &str, connections: usize, count: usize) -> Outcome<Vec<String>> {
        let aim = aim(self.portal, connections, 200);
        client::gather(aim, &browser.request(path), (count, Duration::from_secs(60)), token)
    }
}

/// The list on many work orders beside the list on few.
fn large_list(plan: &Plan, program: &Path, few: &Site, many: &Site) -> Outcome<Rounds> {
    let start = |site: &Site| -> Outcome<(Server, Vec<u8>)> {
        let server = Server::portal(program, &site.folder, &site.database)?;
        let mut reader = Browser::new(server.address);
        reader.sign_in(READER)?;
        let request = reader.request(LIST);
        client::repeat(aim(&server, CONNECTIONS, 200), &request, plan.stretch / 4)?;
        Ok((server, request))
    };
    let ((few, from_few), (many, from_many)) = (start(few)?, start(many)?);
    let mut rounds = Rounds::default();
    for _ in 0..plan.rounds {
        rounds.other.push(client::repeat(aim(&few, CONNECTIONS, 200), &from_few, plan.stretch)?.per_second());
        let load = || client::repeat(aim(&many, CONNECTIONS, 200), &from_many, plan.stretch);
        rounds.own.push(Round::of(&many, load)?);
    }
    Ok(rounds)
}

fn aim(server: &Server, connections: usize, expected: u16) -> Aim {
    Aim { server: server.address, connections, expected }
}

/// Of the first work orders of the list, the one whose page is longest: it holds a conversation.
fn conversation(reader: &mut Browser) -> Outcome<String> {
    let list = reader.get(LIST)?.body;
    let numbers = list.split("href=\"/account/tickets/T").skip(1).filter_map(|rest| rest.split('"').next());
    let mut found = (0, String::new());
    for number in numbers.take(3) {
        let path = format!("/account/tickets/T{number}");
        found = found.max((reader.get(&path)?.body.len(), path));
    }
    if found.0 == 0 { Err("the list shows no work order".into()) } else { Ok(found.1) }
}

fn new_ticket(token: &str) -> [(&str, &str); 8] {
    [
        ("token", token),
        ("category", "service"),
        ("urgency", "normal"),
        ("subject", "The disk is slow since noon"),
        // Each says something else: the same twice would be asked about.
        ("text", token),
        ("contact_name", "Li Ming"),
        ("email", READER),
        ("company", "Example Ltd"),
    ]
}

/// Comparisons of a password a second, with every core at it: the most that sign-ins can reach.
fn hashing(site: &Site, count: usize) -> Outcome<f64> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let keys = Arc::new(Keys::open(&site.folder.join("keys"))?);
    let hasher = Hasher::start(cores, count, &keys)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stored = hasher.hash(Secret::new(PASSWORD)).await?;
        let started = Instant::now();
        try_join_all((0..count).map(|_| hasher.verify(Secret::new(PASSWORD), Some(stored.clone())))).await?;
        let seconds = started.elapsed().as_secs_f64();
        Ok(f64::from(u32::try_from(count)?) / seconds)
    })
}
