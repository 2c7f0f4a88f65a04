//! The real program as a process of its own, which can be killed, and somebody who writes to it until it is.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::connection::SimpleConnection;
use easylink::base::config::DatabaseUrl;
use tempfile::TempDir;

use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::page::Page;
use crate::support::portal::Portal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_easylink");

/// The data folder and the database of the program under test, whether it runs or not.
pub struct Estate {
    folder: TempDir,
    pub database: DatabaseUrl,
}

impl Estate {
    /// Takes over keys and rows of a portal. A file is copied, so that nobody else holds it open when the program is
    /// killed; a `PostgreSQL` database is shared.
    pub fn of(portal: &Portal) -> Self {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o700);
        let keys = folder.path().join("keys");
        std::fs::create_dir(&keys).unwrap();
        set_mode(&keys, 0o700);
        for key in std::fs::read_dir(portal.house.config.keys_dir()).unwrap() {
            let key = key.unwrap();
            std::fs::copy(key.path(), keys.join(key.file_name())).unwrap();
        }
        let database = match &portal.house.config.database_url {
            DatabaseUrl::Sqlite(path) => {
                let copy = folder.path().join("easylink.db");
                let mut conn = diesel::SqliteConnection::establish(&path.display().to_string()).unwrap();
                conn.batch_execute(&format!("vacuum into '{}'", copy.display())).unwrap();
                DatabaseUrl::Sqlite(copy)
            }
            shared @ DatabaseUrl::Postgres(_) => shared.clone(),
        };
        Self { folder, database }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command of the program to its end; answers whether it went well and all that it said. One that should end
    /// and serves instead is stopped.
    pub async fn runs(&self, arguments: &[&str]) -> (bool, String) {
        self.runs_with(arguments, &[]).await
    }

    /// The same with more settings.
    pub async fn runs_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
        let base = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        let mut command = tokio::process::Command::from(self.command(PROGRAM, &base));
        let output = command.args(arguments).envs(settings.iter().copied()).kill_on_drop(true).output();
        let output = tokio::time::timeout(Duration::from_secs(30), output).await.expect("the program does not end");
        let output = output.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// Begins a command of the program and kills it after so long; answers whether it had ended before.
    pub async fn killed_after(&self, arguments: &[&str], delay: Duration) -> bool {
        let mut command = tokio::process::Command::from(self.command(PROGRAM, "http://127.0.0.1:8080"));
        let mut child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if tokio::time::timeout(delay, child.wait()).await.is_ok() {
            return true;
        }
        child.kill().await.unwrap();
        false
    }

    fn command(&self, program: &str, base: &str) -> Command {
        let database = match &self.database {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("EASYLINK_LISTEN", base.trim_start_matches("http://"))
            .env("EASYLINK_DATA_DIR", self.folder.path())
            .env("DATABASE_URL", database)
            .env("RUST_LOG", "error")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts the program and waits until it is ready.
    pub async fn serves(&self) -> Serving {
        self.serves_under(":").await
    }

    /// The same, after a shell ran this command, such as one that sets limits.
    pub async fn serves_under(&self, before: &str) -> Serving {
        for _ in 0..5 {
            // A fresh port for each start: somebody else may have got the last one meanwhile.
            let base = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
            let log = File::create(self.folder.path().join("log")).unwrap();
            let mut command = self.command("sh", &base);
            command.args(["-c", &format!("{before} && exec \"$0\" serve"), PROGRAM]).stdout(Stdio::null()).stderr(log);
            let mut serving = Serving { child: command.spawn().unwrap(), base };
            if serving.ready().await {
                return serving;
            }
        }
        panic!("the program does not start: {}", self.log());
    }

    /// What `easylink ledger verify` says, when it is content.
    pub fn verifies(&self) {
        let said = self.command(PROGRAM, "http://127.0.0.1:8080").args(["ledger", "verify"]).output().unwrap();
        assert!(said.status.success(), "{said:?}");
    }

    /// What the program last complained of.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The running program. It is killed when dropped.
pub struct Serving {
    child: Child,
    pub base: String,
}

impl Serving {
    async fn ready(&mut self) -> bool {
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            let asked = crate::support::given::loopback().get(format!("{}/readyz", self.base)).send().await;
            if asked.is_ok_and(|answer| answer.status() == 200) {
                return true;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the program runs and is not ready");
            // Another process says in no other way that it is ready than by answering: asked again, with the deadline above.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    /// SIGKILL: the program has no chance to finish anything.
    pub fn dies(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the program had ended before it was killed");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody signed in whose requests may find nobody there any more.
#[derive(Clone)]
pub struct Hand {
    client: reqwest::Client,
    base: String,
    cookies: String,
}

impl Hand {
    pub fn of(entered: &Entered, base: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let cookies: Vec<String> = entered.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Self {
            client: client.timeout(Duration::from_secs(30)).build().unwrap(),
            base: base.to_string(),
            cookies: cookies.join("; "),
        }
    }

    /// The same person at the program's new address.
    #[must_use]
    pub fn at(self, base: &str) -> Self {
        Self { base: base.to_string(), ..self }
    }

    /// The page at this path; nothing when the program is gone.
    pub async fn opens(&self, path: &str) -> Option<Page> {
        self.sends(self.client.get(format!("{}{path}", self.base)), 200).await
    }

    /// Where a posted form led; nothing when no answer came.
    pub async fn posts(&self, form: &FormInPage) -> Option<String> {
        let page = self.posted(form, 303).await?;
        Some(page.header("location").unwrap().to_string())
    }

    /// The page that answers a posted form which changes nothing yet.
    pub async fn draws(&self, form: &FormInPage) -> Option<Page> {
        self.posted(form, 200).await
    }

    async fn posted(&self, form: &FormInPage, expected: u16) -> Option<Page> {
        let request = self.client.post(format!("{}{}", self.base, form.action)).header("sec-fetch-site", "same-origin");
        let request = if form.enctype == "multipart/form-data" {
            request.multipart(form.multipart())
        } else {
            request.header("content-type", "application/x-www-form-urlencoded").body(form.urlencoded())
        };
        self.sends(request, expected).await
    }

    async fn sends(&self, request: reqwest::RequestBuilder, expected: u16) -> Option<Page> {
        let response = request.header("cookie", &self.cookies).send().await.ok()?;
        let (status, url) = (response.status().as_u16(), response.url().to_string());
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let html = response.text().await.ok()?;
        let page = Page { status, url, headers, html };
        assert_eq!(page.status, expected, "{}: {}", page.url, page.text());
        Some(page)
    }
}
