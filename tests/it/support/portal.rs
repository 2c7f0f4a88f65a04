//! The real server on a free port, with a real database of either kind, a clock that moves only when told, and its jobs
//! run on demand.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use diesel::prelude::*;
use easylink::app::{first_rows, jobs, server};
use easylink::base::clock::{Clock, Hands};
use easylink::base::config::{Config, DatabaseUrl};
use easylink::base::db::schema::sessions;
use easylink::base::db::{Conn, Db, End, migrate};
use easylink::base::types::Moment;
use easylink::services::{mail, sms};
use easylink::web::House;
use tempfile::TempDir;

use super::people::Visitor;
use super::postgres::{drop_database, fresh_database};

/// A running portal. Dropping it stops the server and fails on unsent mail or failed jobs.
pub struct Portal {
    pub base: String,
    pub house: Data<House>,
    pub hands: Hands,
    handle: actix_web::dev::ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
    database: Option<String>,
    folder: Option<TempDir>,
    careless: std::cell::Cell<bool>,
}

/// Settings of a portal beside the defaults.
#[derive(Default, Clone)]
pub struct With<'a> {
    pub settings: &'a [(&'a str, &'a str)],
}

impl Portal {
    pub async fn sqlite() -> Self {
        Self::sqlite_with(&[]).await
    }

    pub async fn sqlite_with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easylink.db");
        std::fs::copy(sqlite_template().await, &path).unwrap();
        Self::start(folder, format!("sqlite://{}", path.display()), None, settings).await
    }

    pub async fn postgresql() -> Self {
        Self::postgresql_with(&[]).await
    }

    pub async fn postgresql_with(settings: &[(&str, &str)]) -> Self {
        let template = postgres_template().await;
        let url = tokio::task::spawn_blocking(move || fresh_database(&template)).await.unwrap();
        Self::start(tempfile::tempdir().unwrap(), url.clone(), Some(url), settings).await
    }

    /// Reaches its `PostgreSQL` server through this address, such as a wire that can be cut.
    pub async fn postgresql_behind(wire: std::net::SocketAddr) -> Self {
        let template = postgres_template().await;
        let url = tokio::task::spawn_blocking(move || fresh_database(&template)).await.unwrap();
        let mut through = url::Url::parse(&url).unwrap();
        through.set_ip_host(wire.ip()).unwrap();
        through.set_port(Some(wire.port())).unwrap();
        Self::start(tempfile::tempdir().unwrap(), through.into(), Some(url), &[]).await
    }

    async fn start(folder: TempDir, url: String, database: Option<String>, settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = listener.local_addr().unwrap().to_string();
        let data = folder.path().display().to_string();
        let own = [
            ("EASYLINK_LISTEN", listen.as_str()),
            ("EASYLINK_DATA_DIR", &data),
            ("DATABASE_URL", &url),
            ("EASYLINK_WORKERS", "2"),
        ];
        let all = own.iter().chain(settings).map(|(name, value)| ((*name).to_string(), (*value).to_string()));
        let config = Config::load(all, None).unwrap();
        let (clock, hands) = Clock::movable(Moment::parse("2026-11-23T02:00:00Z").unwrap());
        let house = server::open(config, clock).await.unwrap();
        let base = house.base_url.to_string();
        let (tell, told) = std::sync::mpsc::channel();
        let inside = house.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = server::serve(inside, listener).unwrap();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = tokio::task::spawn_blocking(move || told.recv().unwrap()).await.unwrap();
        Self {
            base,
            house,
            hands,
            handle,
            thread: Some(thread),
            database,
            folder: Some(folder),
            careless: std::cell::Cell::new(false),
        }
    }

    /// A browser that was never here.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.base, self.hands.clone())
    }

    /// Somebody at another address of this machine, in `127.0.0.0/8`.
    pub fn visitor_from(&self, network: [u8; 4]) -> Visitor {
        Visitor::from_network(&self.base, self.hands.clone(), network)
    }

    /// Lets time pass.
    pub fn later(&self, span: Duration) {
        self.hands.forward(span);
    }

    pub fn minutes(&self, minutes: u64) {
        self.later(Duration::from_secs(minutes * 60));
    }

    /// Runs what the clockwork would run now.
    pub async fn run_jobs(&self) {
        let failed = jobs::run_due(&self.house).await;
        assert!(failed.is_empty(), "jobs failed: {failed:?}");
    }

    /// The texts of all mails to this address, oldest first, after the outbox was emptied.
    pub async fn mails_to(&self, address: &str) -> Vec<mail::Delivered> {
        self.run_jobs().await;
        let keys = self.house.keys.clone();
        let mut all = self.house.db.read(move |conn| mail::latest(conn, &keys, 500)).await.unwrap().unwrap();
        all.retain(|mail| mail.address == address);
        all.reverse();
        all
    }

    /// The code in the newest mail to this address: its longest run of digits, which may stand in groups.
    pub async fn code_for(&self, address: &str) -> String {
        let mails = self.mails_to(address).await;
        let text = &mails.last().unwrap_or_else(|| panic!("no mail to {address}")).text;
        code_in(text).unwrap_or_else(|| panic!("no code in {text}"))
    }

    /// The text messages that are kept in this portal, oldest first, after the outbox was emptied: number and text.
    pub async fn texts(&self) -> Vec<(String, String)> {
        self.run_jobs().await;
        let keys = self.house.keys.clone();
        let all = self.house.db.read(move |conn| sms::latest(conn, &keys, 500)).await.unwrap().unwrap();
        all.into_iter().rev().map(|text| (text.number, text.text)).collect()
    }

    /// The code in the newest text message to this number.
    pub async fn texted_code(&self, number: &str) -> String {
        let texts = self.texts().await;
        let (_, text) = texts.iter().rfind(|(to, _)| to == number).unwrap_or_else(|| panic!("no message to {number}"));
        let groups: Vec<&str> = text
            .split_whitespace()
            .filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))
            .collect();
        assert_eq!(groups.len(), 2, "no code in {text}");
        groups.concat()
    }

    /// Whoever is signed in has just proved who they are: for tests in which time passes before a sensitive step.
    pub async fn vouches(&self) {
        let now = self.house.clock.now();
        self.write(move |conn| {
            let open = sessions::table.filter(sessions::ended_at.is_null());
            diesel::update(open).set(sessions::stepped_up_at.eq(Some(now))).execute(conn).unwrap();
        })
        .await;
    }

    /// The folder of this portal.
    pub fn folder(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().to_path_buf()
    }

    /// Reads the database as no page can.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> T + Send + 'static) -> T {
        self.house.db.read(f).await.unwrap()
    }

    /// Changes the database in one transaction, as no page can.
    pub async fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> T + Send + 'static) -> T {
        self.house.db.write(|conn| End::Keep(f(conn))).await.unwrap()
    }

    /// This test leaves mails or jobs undone on purpose.
    pub fn careless(&self) {
        self.careless.set(true);
    }
}

/// A line of its own that holds only digits and spaces, six to nine digits.
pub fn code_in(text: &str) -> Option<String> {
    text.lines().map(str::trim).find_map(|line| {
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        let only = line.chars().all(|sign| sign.is_ascii_digit() || sign == ' ');
        (only && (6..=9).contains(&digits.len())).then_some(digits)
    })
}

impl Drop for Portal {
    fn drop(&mut self) {
        let (house, careless) = (self.house.clone(), self.careless.get() || std::thread::panicking());
        let handle = self.handle.clone();
        let thread = self.thread.take();
        let checked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if !careless {
                    let failed = jobs::run_due(&house).await;
                    assert!(failed.is_empty(), "jobs failed: {failed:?}");
                    let dead = house.db.read(mail::dead_count).await.unwrap().unwrap();
                    let waiting = house.db.read(mail::waiting_count).await.unwrap().unwrap();
                    assert_eq!((dead, waiting), (0, 0), "mails dead and waiting");
                    let dead = house.db.read(sms::dead_count).await.unwrap().unwrap();
                    let waiting = house.db.read(sms::waiting_count).await.unwrap().unwrap();
                    assert_eq!((dead, waiting), (0, 0), "text messages dead and waiting");
                }
                handle.stop(false).await;
            });
            drop(house);
            if let Some(thread) = thread {
                let _ = thread.join();
            }
        })
        .join();
        if let Some(database) = self.database.take() {
            // Connections of the portal may still be open for a moment: dropping is forced.
            drop_database(&database);
        }
        if !std::thread::panicking() {
            checked.expect("the portal is left with work undone");
        }
    }
}

fn process_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("easylink-template-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn sqlite_template() -> PathBuf {
    static READY: tokio::sync::OnceCell<PathBuf> = tokio::sync::OnceCell::const_new();
    READY
        .get_or_init(|| async {
            let path = process_folder().join("template.db");
            let _ = std::fs::remove_file(&path);
            let url = DatabaseUrl::Sqlite(path.clone());
            prepare(&url).await;
            path
        })
        .await
        .clone()
}

async fn postgres_template() -> String {
    static READY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    READY
        .get_or_init(|| async {
            let url = tokio::task::spawn_blocking(|| fresh_database("template0")).await.unwrap();
            prepare(&DatabaseUrl::Postgres(url.clone())).await;
            url
        })
        .await
        .clone()
}

/// Migrates and writes the first rows; no connection stays open, so that the database can be copied.
async fn prepare(url: &DatabaseUrl) {
    migrate(url, None).unwrap();
    let db = Db::open(url).unwrap();
    // Long before the clock of the tests starts, as at a company that is no newcomer.
    first_rows::write(&db, Moment::parse("2026-05-01T00:00:00Z").unwrap()).await.unwrap();
    if let DatabaseUrl::Sqlite(_) = url {
        // Everything into the one file that is copied.
        db.read(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute("pragma wal_checkpoint(truncate)").unwrap();
        })
        .await
        .unwrap();
    }
    drop(db);
    // The writer's thread closes its connection when it sees that nobody is left.
    tokio::time::timeout(Duration::from_secs(5), async { tokio::task::yield_now().await }).await.unwrap();
}

/// A number that no other test of this process has.
pub fn unique() -> u64 {
    static NEXT: OnceLock<AtomicU64> = OnceLock::new();
    NEXT.get_or_init(|| AtomicU64::new(1)).fetch_add(1, Ordering::Relaxed)
}
