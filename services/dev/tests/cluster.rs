//! The private `PostgreSQL` on the real programs: what is kept, what is found again, what is left behind.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::{
    env,
    fs::{self, DirBuilder, Permissions},
    io::{BufRead as _, BufReader},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::{Duration, Instant},
};

use azeer_dev::postgres::{Cluster, Error, Programs};
use tokio_postgres::{Client, NoTls};

const FAST: &[(&str, &str)] = &[("fsync", "off")];

#[tokio::test]
async fn data_outlives_stopping_and_killing() {
    let scratch = Scratch::new("keeps");
    let cluster = start(&scratch.path).await.unwrap();
    cluster.create_database("app").await.unwrap();
    cluster.create_database("app").await.unwrap();
    let statement = "CREATE TABLE notes AS SELECT 'written' AS note";
    client(&cluster, "app").await.batch_execute(statement).await.unwrap();
    cluster.stop().await.unwrap();

    let cluster = start(&scratch.path).await.unwrap();
    let app = client(&cluster, "app").await;
    app.batch_execute("INSERT INTO notes VALUES ('committed')").await.unwrap();
    app.batch_execute("BEGIN; INSERT INTO notes VALUES ('open')").await.unwrap();
    let url = cluster.url("app");
    let pid = cluster.pid();
    cluster.kill().await.unwrap();
    assert!(!is_alive(pid));

    // Killed servers leave their process id, which may be anyone's by now: here it is ours.
    claim_postmaster(&scratch.path);
    let cluster = start(&scratch.path).await.unwrap();
    assert_eq!(cluster.url("app"), url);
    let rows = client(&cluster, "app").await.query("SELECT note FROM notes", &[]).await.unwrap();
    let notes: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(notes, ["written", "committed"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_data_directory_has_one_user_at_a_time() {
    let scratch = Scratch::new("one");
    let mut cluster = start(&scratch.path).await.unwrap();
    let refused = start(&scratch.path).await.unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }));
    assert!(refused.to_string().contains(&format!("process {}", process::id())), "{refused}");

    signal("QUIT", cluster.pid());
    cluster.ended().await.unwrap();
    // Let go of, not stopped: the next one waits for the end.
    drop(cluster);
    let cluster = start(&scratch.path).await.unwrap();
    drop(cluster);
    start(&scratch.path).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_long_path_gets_a_short_socket() {
    let scratch = Scratch::new("long");
    let deep = scratch.path.join("d'é \"x\"".repeat(20));
    let cluster = start(&deep).await.unwrap();
    client(&cluster, "postgres").await.batch_execute("SELECT 1").await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn options_win_and_a_bad_one_is_told() {
    let scratch = Scratch::new("options");
    let programs = Programs::find().unwrap();
    let options = [("fsync", "off"), ("max_connections", "none")];
    let refused = Cluster::start(&programs, &scratch.path, &options).await.unwrap_err();
    assert!(matches!(refused, Error::Start { .. }));
    assert!(refused.to_string().contains("max_connections"), "{refused}");

    let options = [("fsync", "off"), ("max_connections", "33")];
    let cluster = Cluster::start(&programs, &scratch.path, &options).await.unwrap();
    let shown = client(&cluster, "postgres").await.query_one("SHOW max_connections", &[]).await;
    assert_eq!(shown.unwrap().get::<_, String>(0), "33");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn roots_closed_directory_serves_and_is_forgotten_with_its_data() {
    let scratch = Scratch::new("closed");
    if fs::metadata(&scratch.path).unwrap().uid() != 0 {
        eprintln!("skipped: only root's server runs as another user");
        return;
    }
    fs::set_permissions(&scratch.path, Permissions::from_mode(0o700)).unwrap();
    let data_dir = scratch.path.join("data");
    let mut shelters = Vec::new();
    for _ in 0..2 {
        let cluster = start(&data_dir).await.unwrap();
        // This fails if the database is there already.
        let app = client(&cluster, "postgres").await;
        app.batch_execute("CREATE DATABASE app").await.unwrap();
        shelters.push(fs::read_link(data_dir.join("postgres")).unwrap());
        cluster.stop().await.unwrap();

        let cluster = start(&data_dir).await.unwrap();
        client(&cluster, "app").await;
        cluster.stop().await.unwrap();
        fs::remove_dir_all(&data_dir).unwrap();
    }
    for shelter in shelters {
        fs::remove_dir_all(shelter).unwrap();
    }
}

#[test]
fn the_server_ends_with_the_process_that_started_it() {
    let scratch = Scratch::new("orphan");
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "holds_a_server"])
        .env("HOLD", &scratch.path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let pid = lines.find_map(|line| line.strip_prefix("pid ")?.parse().ok()).unwrap();
    assert!(is_alive(pid));
    child.kill().unwrap();
    child.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(8);
    while is_alive(pid) {
        assert!(Instant::now() < deadline, "the server outlives its launcher");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Not a test: the process that the one above kills.
#[tokio::test]
#[ignore = "runs as a child of another test"]
async fn holds_a_server() {
    let cluster = start(Path::new(&env::var_os("HOLD").unwrap())).await.unwrap();
    println!("\npid {}", cluster.pid());
    std::future::pending::<()>().await;
}

/// A directory of the test's own, which its server's user can enter.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("azeer-dev-{name}-{}", process::id()));
        DirBuilder::new().mode(0o755).create(&path).unwrap();
        Self { path }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

async fn start(data_dir: &Path) -> Result<Cluster, Error> {
    Cluster::start(&Programs::find()?, data_dir, FAST).await
}

async fn client(cluster: &Cluster, database: &str) -> Client {
    let url = cluster.url(database);
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn claim_postmaster(data_dir: &Path) {
    let file = data_dir.join("postgres/data/postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    fs::write(&file, format!("{}\n{rest}", process::id())).unwrap();
}

fn is_alive(pid: u32) -> bool {
    signal("0", pid)
}

fn signal(name: &str, pid: u32) -> bool {
    let kill = format!("kill -s {name} {pid}");
    Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status().unwrap().success()
}
